//! Daemons that stopped: each death is counted once, and has the name of who died.

use super::found;

/// What became of a daemon in these lines: `smtpd` and what of it is said.
fn stopped(lines: &[(&str, &str)]) -> String {
    let mut log = String::new();
    for (who, text) in lines {
        log.extend(["Nov 22 09:00:00 mx postfix/", who, "[7]: ", text, "\n"]);
    }
    let findings = found(&log);
    let Some(finding) = findings.as_array().unwrap().first() else { return String::new() };
    assert_eq!(finding["id"], "service_stopped");
    format!("{}; {}", finding["title"].as_str().unwrap(), finding["detail"].as_str().unwrap())
}

/// One death is up to three lines: that of the daemon and two of master(8).
#[test]
fn a_daemon_that_died_is_counted_once_and_named() {
    const EXIT: &str = "warning: process /usr/libexec/postfix/smtpd pid 46234 exit status 1";
    const THROTTLED: &str =
        "warning: /usr/libexec/postfix/smtpd: bad command startup -- throttling";
    const KILLED: &str =
        "warning: process /usr/libexec/postfix/smtpd pid 46234 killed by signal 11";
    let fatal = ("submission/smtpd", "fatal: no SASL authentication mechanisms");
    for (lines, expected) in [
        (
            &[fatal, ("master", EXIT), ("master", THROTTLED)] as &[_],
            "A daemon of Postfix stopped 1 time: smtpd; smtpd: no SASL authentication mechanisms.",
        ),
        (
            &[("master", KILLED)],
            "A daemon of Postfix stopped 1 time: smtpd; master: process /usr/libexec/postfix/smtpd killed by signal 11.",
        ),
        (
            &[
                ("master", KILLED),
                ("master", &KILLED.replace("46234", "46240")),
                ("master", THROTTLED),
            ],
            "A daemon of Postfix stopped 2 times: smtpd; master: process /usr/libexec/postfix/smtpd killed by signal 11.",
        ),
        (
            &[
                ("smtpd", "panic: vstream_buf_get_ready"),
                ("master", KILLED),
                ("pickup", "fatal: scan_dir"),
            ],
            "A daemon of Postfix stopped 2 times: pickup and 1 more; pickup: scan_dir.",
        ),
        (
            &[
                ("master", "fatal: bind 0.0.0.0 port 25: Address already in use"),
                ("master", "fatal: master daemon initialization failure"),
            ],
            "A daemon of Postfix stopped 1 time: master; master: bind 0.0.0.0 port 25: Address already in use.",
        ),
    ] {
        assert_eq!(stopped(lines), expected);
    }
}

/// The child that was to become the program ends; pipe(8) goes on and puts the mail off.
#[test]
fn a_program_that_cannot_be_started_is_no_daemon_that_stopped() {
    let text = "fatal: pipe_command: execvp /no/such/program: No such file or directory";
    assert_eq!(stopped(&[("pipe", text), ("local", text)]), "");
    assert_eq!(stopped(&[("sendmail", "fatal: ann(1000): message file too big")]), "");
}
