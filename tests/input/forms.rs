//! The journal's forms, containers, and other wrappers.

use std::fmt::Write as _;

use crate::support::{CODECS, pack, read, text};

/// A field of an export stream with a counted value.
fn counted(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b"\n", &(value.len() as u64).to_le_bytes(), value, b"\n"].concat()
}

#[test]
fn json_entries_become_syslog_lines() {
    let journal = concat!(
        r#"{"_HOSTNAME":"mx1","SYSLOG_PID":"912","_PID":"1","__REALTIME_TIMESTAMP":"1795442851123499","#,
        r#""_SOURCE_REALTIME_TIMESTAMP":"1795442851123456","MESSAGE":"connect from a.example.net[192.0.2.1]","SYSLOG_IDENTIFIER":"postfix/smtpd","_COMM":"smtpd"}"#,
        "\n",
        r#"{"MESSAGE":"no identifier","_COMM":"cleanup","_PID":"77","__REALTIME_TIMESTAMP":"951782400000000","_HOSTNAME":"mx1"}"#,
        "\n",
        r#"{"MESSAGE":"no pid, nor host","__REALTIME_TIMESTAMP":"1795442851000007","X":{"deep":[1,2]},"Y":1.5,"Z":null}"#,
        "\n",
    );
    assert_eq!(
        text(&read(journal.as_bytes()).bytes),
        "2026-11-23T14:07:31.123456+00:00 mx1 postfix/smtpd[912]: connect from a.example.net[192.0.2.1]\n\
         2000-02-29T00:00:00.000000+00:00 mx1 cleanup[77]: no identifier\n\
         2026-11-23T14:07:31.000007+00:00 - unknown: no pid, nor host\n"
    );
}

#[test]
fn json_messages_may_be_bytes_or_null_or_escaped_or_repeated() {
    let entry = |message: &str| {
        format!(
            r#"{{"__REALTIME_TIMESTAMP":"1795442851000000","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"t","MESSAGE":{message}}}"#
        ) + "\n"
    };
    let journal = entry("[102,114,111,109,61,60,255,62,10,120]")
        + &entry("null")
        + &entry(r#""tab\tquote\"slash\\ \u00e9 two\nlines\r\n""#)
        + &entry(r#"["first","second"]"#)
        + &entry("[]");
    let prefix = &b"2026-11-23T14:07:31.000000+00:00 h t: "[..];
    let expected: Vec<u8> =
        [&b"from=<\xff> x"[..], b"", "tab\tquote\"slash\\ é two lines".as_bytes(), b"first", b""]
            .iter()
            .flat_map(|message| [prefix, message, b"\n"].concat())
            .collect();
    assert_eq!(text(&read(journal.as_bytes()).bytes), text(&expected));
}

#[test]
fn an_identifier_cannot_forge_a_prefix() {
    let journal = "{\"__REALTIME_TIMESTAMP\":\"1795442851000000\",\"_HOSTNAME\":\"a b\",\"SYSLOG_IDENTIFIER\":\"x\\ny z\",\"MESSAGE\":\"m\"}\n";
    assert_eq!(
        text(&read(journal.as_bytes()).bytes),
        "2026-11-23T14:07:31.000000+00:00 a_b x_y_z: m\n"
    );
}

#[test]
fn export_entries_become_syslog_lines_binary_fields_among_them() {
    let mut journal = b"__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795442851123499\n_HOSTNAME=mx1\n\
        SYSLOG_IDENTIFIER=postfix/smtp\nSYSLOG_PID=3\nMESSAGE=to=<a@example.org>, status=sent\n\
        _SOURCE_REALTIME_TIMESTAMP=1795442851123456\n\n\n"
        .to_vec();
    journal.extend(b"__CURSOR=s=1;i=3\n__REALTIME_TIMESTAMP=1795442852000000\n_HOSTNAME=mx1\n");
    journal.extend(counted("IRRELEVANT", &[b'\n'; 100]));
    journal.extend(counted("MESSAGE", b"two\nlines \xff=\n\n"));
    journal.extend(b"SYSLOG_IDENTIFIER=postfix/smtp\n_PID=4\n");
    let expected =
        b"2026-11-23T14:07:31.123456+00:00 mx1 postfix/smtp[3]: to=<a@example.org>, status=sent\n\
        2026-11-23T14:07:32.000000+00:00 mx1 postfix/smtp[4]: two lines \xff=\n";
    let all = read(&journal);
    assert!(all.error.is_none());
    assert_eq!(text(&all.bytes), text(expected));
}

#[test]
fn a_cut_export_gives_the_entries_before_and_an_error() {
    let entry = b"__CURSOR=a\n__REALTIME_TIMESTAMP=1795442851123499\nMESSAGE=m\n\n";
    let mut journal = entry.repeat(3);
    journal.extend(b"__CURSOR=b\n__REALTIME_TIMESTAMP=1795442851123499\n");
    journal.extend(&counted("MESSAGE", b"never ends")[..20]);
    let all = read(&journal);
    assert_eq!(all.lines.len(), 3);
    assert_eq!(all.error.unwrap().to_string(), "-: journal export: unexpected end of file");
}

#[test]
fn a_forged_length_takes_no_memory_and_no_line_before_it() {
    let mut journal =
        b"__CURSOR=a\n__REALTIME_TIMESTAMP=1795442851123499\nMESSAGE=m\n\nMESSAGE\n".to_vec();
    journal.extend([0xff; 8]);
    journal.extend(b"rest\n");
    let all = read(&journal);
    assert_eq!(all.lines.len(), 1);
    assert!(all.error.is_some());
}

#[test]
fn a_journal_behind_any_codec_is_recognized() {
    let mut json = String::new();
    for i in 0..2000 {
        writeln!(
            json,
            r#"{{"MESSAGE":"n {i}","__REALTIME_TIMESTAMP":"{}","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"t"}}"#,
            1_795_442_851_000_000_u64 + i
        )
        .unwrap();
    }
    let expected = read(json.as_bytes()).bytes;
    assert!(expected.starts_with(b"2026-11-23T14:07:31.000000+00:00 h t: n 0\n"));
    for codec in CODECS {
        let all = read(&pack(codec, json.as_bytes()));
        assert!(all.error.is_none() && all.bytes == expected, "{codec}");
    }
}

#[test]
fn an_entry_that_is_damaged_passes_as_it_is() {
    let journal = "{\"MESSAGE\":\"m\",\"__REALTIME_TIMESTAMP\":\"1795442851000000\"}\nnot json\n{\"MESSAGE\":\n";
    assert_eq!(
        text(&read(journal.as_bytes()).bytes),
        "2026-11-23T14:07:31.000000+00:00 - unknown: m\nnot json\n{\"MESSAGE\":\n"
    );
}

#[test]
fn text_forms_of_the_journal_stay_as_they_are() {
    for line in [
        "-- Boot 916757e023b641a2944df2f7bb22c1fc --\nNov 23 14:07:30 mx1 postfix/master[1]: daemon started\n",
        "2026-11-23T14:07:30+0000 mx1 postfix/master[1]: daemon started\n",
        "2026-11-23T14:07:30.838959+00:00 mx1 postfix/master[1]: daemon started\n",
        "Mon 2026-11-23 14:07:30 UTC mx1 postfix/master[1]: daemon started\n",
        "1795442850.838959 mx1 postfix/master[1]: daemon started\n",
        "-- No entries --\n",
    ] {
        assert_eq!(text(&read(line.as_bytes()).bytes), line);
    }
}

const INNER: &str = "Nov 23 14:07:31 mx1 postfix/smtpd[912]: connect from a.example.net[192.0.2.1]";

/// What a wrapped log gives, and that a line that does not fit passes.
#[track_caller]
fn gives(wrapped: &str, expected: &[&str]) {
    assert_eq!(text(&read(wrapped.as_bytes()).bytes), expected.join("\n") + "\n");
    let with_stranger = format!("{wrapped}stranger\n");
    let expected = expected.join("\n") + "\nstranger\n";
    assert_eq!(text(&read(with_stranger.as_bytes()).bytes), expected);
}

#[test]
fn docker_json_files_are_unwrapped_and_cut_lines_joined() {
    // The first piece of a line is of 16 KiB, and only the last has a newline.
    let begin = format!("{INNER}{}", "x".repeat(16 * 1024 - INNER.len()));
    let end = " end";
    gives(
        &format!(
            "{{\"log\":\"{INNER}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T14:07:31.1Z\"}}\n\
             {{\"log\":\"{begin}\",\"stream\":\"stdout\",\"time\":\"2026-11-23T14:07:31.1Z\"}}\n\
             {{\"log\":\"{end}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T14:07:31.1Z\"}}\n\
             {{\"log\":\"postfix/master[1]: daemon started\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T14:07:31.1Z\"}}\n\
             {{\"log\":\"\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T14:07:31.1Z\"}}\n"
        ),
        &[
            INNER,
            &format!("{begin}{end}"),
            "2026-11-23T14:07:31.1Z - postfix/master[1]: daemon started",
            "",
        ],
    );
}

#[test]
fn objects_of_kubernetes_need_no_newline_and_say_which_lines_are_partial() {
    let (begin, end) = INNER.split_at(50);
    gives(
        &format!(
            "{{\"time\":\"2026-11-23T14:07:31.1Z\",\"stream\":\"stdout\",\"_p\":\"F\",\"log\":\"{INNER}\",\"kubernetes\":{{\"pod_name\":\"mail-0\"}}}}\n\
             {{\"stream\":\"stdout\",\"log\":\"{INNER}\"}}\n\
             {{\"stream\":\"stdout\",\"_p\":\"P\",\"log\":\"{begin}\"}}\n\
             {{\"stream\":\"stdout\",\"_p\":\"F\",\"log\":\"{end}\"}}\n\
             {{\"stream\":\"stdout\",\"logtag\":\"P\",\"message\":\"{begin}\"}}\n\
             {{\"stream\":\"stdout\",\"logtag\":\"F\",\"message\":\"{end}\"}}\n"
        ),
        &[INNER, INNER, INNER, INNER],
    );
}

#[test]
fn container_runtime_lines_are_unwrapped_and_partial_lines_joined() {
    let (begin, end) = INNER.split_at(40);
    let (middle, end) = end.split_at(10);
    let stamp = "2026-11-23T14:07:31.123456789Z";
    gives(
        &format!(
            "{stamp} stdout F {INNER}\n{stamp} stdout P {begin}\n{stamp} stdout P {middle}\n{stamp} stdout F {end}\n\
             {stamp} stderr F postfix/master[1]: daemon started\n"
        ),
        &[INNER, INNER, &format!("{stamp} - postfix/master[1]: daemon started")],
    );
}

#[test]
fn compose_prefixes_are_stripped_with_or_without_stamps_and_colors() {
    gives(
        &format!(
            "mail-1  | {INNER}\nmail-1  | 2026-11-23T14:07:31.123456789Z {INNER}\n\
             \x1b[36mmail-1  | \x1b[0m{INNER}\n"
        ),
        &[INNER, INNER, INNER],
    );
}

#[test]
fn an_outer_syslog_prefix_is_stripped_only_from_an_inner_syslog_line() {
    gives(
        &format!(
            "Nov  3 03:14:07 dockerhost kernel: something else\n\
             Nov  3 03:14:07 dockerhost docker/mail[123]: {INNER}\n\
             2026-11-23T14:07:31.123456789Z {INNER}\n\
             Nov  3 03:14:07 relay {INNER}\n"
        ),
        &["Nov  3 03:14:07 dockerhost kernel: something else", INNER, INNER, INNER],
    );
}

#[test]
fn shipped_objects_give_their_text_or_a_line_made_of_their_fields() {
    gives(
        &format!(
            "{{\"message\":\"{INNER}\",\"kubernetes\":{{\"pod\":\"mail-0\"}}}}\n\
             {{\"labels\":{{\"job\":\"mail\"}},\"line\":\"{INNER}\",\"timestamp\":\"2026-11-23T14:07:31.1Z\"}}\n\
             {{\"msg\":\"{INNER}\"}}\n\
             {{\"appname\":\"postfix/smtpd\",\"hostname\":\"mx1\",\"message\":\"connect from unknown\",\"procid\":912,\"timestamp\":\"2026-11-23T14:07:31Z\"}}\n"
        ),
        &[INNER, INNER, INNER, "2026-11-23T14:07:31Z mx1 postfix/smtpd[912]: connect from unknown"],
    );
}

#[test]
fn a_plain_log_that_quotes_wrappers_stays_as_it_is() {
    let log = format!(
        "{INNER}\nNov 23 14:07:31 mx1 postfix/cleanup[9]: A1: warning: header Subject: {{\"log\":\"x\"}} mail-1 | Nov 23 14:07:31 mx1 x\n"
    );
    assert_eq!(text(&read(log.as_bytes()).bytes), log);
}
