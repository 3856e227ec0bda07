//! Numbers that no mail system has, as a damaged line may show them: no sum overflows, and what
//! adds up still does.

use std::fmt::Write;

use crate::flaws::flaws;
use crate::{lines, salvaged, samples};

/// The text of a line with every number in it that is a value replaced: what stands behind `=`,
/// a slash or a blank. Parts of queue IDs, addresses and stamps are left as they are.
fn with_numbers(line: &[u8], number: &[u8]) -> Vec<u8> {
    let header = line.windows(3).position(|bytes| bytes == b"]: ").unwrap_or(0);
    let (mut out, mut rest) = (line[..header].to_vec(), &line[header..]);
    while let Some((&byte, behind)) = rest.split_first() {
        out.push(byte);
        rest = behind;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_whole = !rest.get(digits).is_some_and(u8::is_ascii_alphabetic);
        if matches!(byte, b'=' | b'/' | b' ') && digits > 0 && is_whole {
            out.extend_from_slice(number);
            rest = &rest[digits..];
        }
    }
    out
}

#[test]
fn a_line_may_show_any_number() {
    for sample in samples() {
        for number in ["18446744073709551615", "9223372036854775807", "4294967295", "0"] {
            let damaged = lines(&sample.bytes).into_iter();
            let log: Vec<u8> =
                damaged.flat_map(|line| with_numbers(line, number.as_bytes())).collect();
            let flaws = flaws(&salvaged(log));
            assert!(flaws.is_empty(), "{}, {number}: {}", sample.name, flaws.join("\n"));
        }
    }
}

#[test]
fn what_is_repeated_without_end_takes_no_room() {
    let mut log = String::new();
    for (at, status) in ["sent", "deferred", "bounced", "sent"].into_iter().enumerate() {
        let said = "relay=mx.example.org[192.0.2.25]:25, delay=18446744073709551615, \
                    delays=18446744073709551615/0/0/1, dsn=2.0.0";
        // The first is delivered before its size is known.
        let line = format!("Nov 22 09:00:0{at} mx postfix/smtp[10]:");
        let attempt = format!("4F1A0C2B01: to=<ann@example.org>, {said}, status={status} (x)");
        let again = "message repeated 4294967295 times";
        writeln!(log, "{line} {attempt}\n{line} {again}: [ {attempt}]").unwrap();
        writeln!(log, "Nov 22 09:00:0{at} mx last {again}").unwrap();
        log += "Nov 22 09:00:09 mx postfix/qmgr[9]: 4F1A0C2B01: from=<bob@example.net>, \
                size=18446744073709551615, nrcpt=1 (queue active)\n";
        log += "Nov 22 09:00:09 mx systemd-journald[85]: Suppressed 18446744073709551615 messages \
                from postfix.service\n";
    }
    let summary = salvaged(log.into_bytes());
    let flaws = flaws(&summary);
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    assert_eq!(summary.tallies.totals.delivered, 4_000_002, "a million at a time");
}
