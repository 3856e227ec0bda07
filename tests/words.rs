//! The phrases, hosts and domains of the report: tables of input and outcome.
//!
//! A table in `words/` holds pairs of lines: what goes in, and after `= ` what
//! comes out. `␣` stands for a blank at an end, `\xNN` for a byte, ` | ` parts
//! several arguments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use pfsum::words::cause::Cause;
use pfsum::words::reject::{Added, Subject};
use pfsum::words::{
    address, clean, deferral, domain, host::Peer, order, reject, reply, scale, serial, warning,
};

/// Runs `speak` on each input of a table and reports all lines that differ.
fn check(table: &str, speak: impl Fn(&[u8]) -> Vec<u8>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/words").join(table);
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let (mut pairs, mut wrong) = (0, String::new());
    while let Some(input) = lines.next() {
        let expected = lines.next().and_then(|line| line.strip_prefix('='));
        let expected = expected.unwrap_or_else(|| panic!("{table}: nothing expected of {input}"));
        let expected = expected.strip_prefix(' ').unwrap_or(expected);
        let spoken = speak(&bytes(input));
        if spoken != bytes(expected) {
            writeln!(wrong, "{input}\n= {expected}\n! {}", spoken.escape_ascii()).unwrap();
        }
        pairs += 1;
    }
    assert!(pairs > 0, "{table} is empty");
    assert!(wrong.is_empty(), "{table}:\n{wrong}");
}

/// Decodes `␣` and `\xNN`; `\\` is a backslash.
fn bytes(text: &str) -> Vec<u8> {
    let text = text.replace('␣', " ");
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(br"\\") {
            out.push(b'\\');
            rest = after;
        } else if let Some(code) = rest.strip_prefix(br"\x") {
            let code = code.split_at(2);
            out.push(u8::from_str_radix(str::from_utf8(code.0).unwrap(), 16).unwrap());
            rest = code.1;
        } else {
            out.push(first);
            rest = after;
        }
    }
    out
}

/// Runs a function that writes into a buffer, on a buffer that is not empty.
fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = b"left over".to_vec();
    write(&mut out);
    out
}

/// The arguments of a line.
fn arguments(input: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut start) = (Vec::new(), 0);
    while let Some(at) = input[start..].windows(3).position(|w| w == b" | ") {
        found.push(&input[start..start + at]);
        start += at + 3;
    }
    found.push(&input[start..]);
    found
}

#[test]
fn a_text_tells_what_kind_of_trouble_it_is() {
    check("cause.txt", |text| Cause::of(text).id().into());
}

#[test]
fn hosts_are_split_into_name_address_and_port() {
    check("peer.txt", |input| {
        let Peer { name, address, port } = Peer::parse(input);
        let port = port.map_or_else(String::new, |port| port.to_string());
        [name, b" | ", address, b" | ", port.as_bytes()].concat()
    });
}

#[test]
fn a_host_is_named_as_well_as_the_log_knows() {
    check("fqdn.txt", |input| Peer::parse(input).fqdn().to_vec());
}

#[test]
fn hosts_fold_into_the_domain_somebody_registered() {
    check("folded.txt", |input| written(|out| Peer::parse(input).folded(out)));
}

#[test]
fn domains_fold_by_the_public_suffix_list() {
    check("registrable.txt", |input| domain::registrable(input).to_vec());
}

#[test]
fn spellings_of_a_domain_become_one() {
    check("canonical.txt", |input| written(|out| domain::canonical(input, out)));
}

#[test]
fn addresses_split_at_the_last_at() {
    check("split_address.txt", |input| {
        let (local, domain) = domain::split_address(input);
        [local, b" | ", domain].concat()
    });
}

#[test]
fn shown_text_holds_nothing_invisible() {
    check("printable.txt", |input| {
        let mut out = String::from("left over");
        clean::printable(input, &mut out);
        out.into_bytes()
    });
}

#[test]
fn numbers_fit_their_columns() {
    check("scale.txt", |input| {
        let line = str::from_utf8(input).unwrap();
        let (unit, number) = line.split_once(' ').unwrap();
        match unit {
            "count" => scale::scaled_count(number.parse().unwrap()),
            "unpadded" => scale::unpadded_count(number.parse().unwrap()),
            "seconds" => scale::seconds(number.parse().unwrap()),
            "age" => scale::age(number.parse().unwrap()),
            "hms" => scale::hms(number.parse().unwrap()),
            _ => panic!("no unit {unit}"),
        }
        .into_bytes()
    });
}

#[test]
fn names_stand_before_addresses_and_domains_together() {
    let text = include_str!("words/order.txt");
    for list in text.split("\n\n") {
        let right: Vec<_> =
            list.lines().filter(|line| !line.starts_with("# ")).map(bytes).collect();
        assert!(right.len() > 1, "a list of one needs no order: {list}");
        let mut sorted = right.clone();
        sorted.reverse();
        sorted.sort_by(|a, b| order::host_key_cmp(a, b));
        let shown = |list: &[Vec<u8>]| {
            list.iter().map(|l| l.escape_ascii().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(shown(&sorted), shown(&right));
    }
}

#[test]
fn refusals_of_one_kind_have_one_reason() {
    check("reason.txt", |input| {
        let [stage, text] = arguments(input)[..] else { panic!("stage | text") };
        written(|out| reject::reason(stage, text, out))
    });
}

#[test]
fn a_refusal_names_whom_it_is_about() {
    check("leaf.txt", |input| {
        let [reason, host, sender, recipient, added] = arguments(input)[..] else { panic!("five") };
        let has = |word: &[u8]| added.windows(word.len()).any(|part| part == word);
        let added = Added { sender: has(b"from"), recipient: has(b"to") };
        written(|out| reject::leaf(Subject::of(reason), host, sender, recipient, added, out))
    });
}

#[test]
fn postscreen_too_busy_to_answer_rejects_at_connect() {
    assert_eq!(reject::stage_name(b"connect"), b"CONNECT");
    assert_eq!(reject::stage_name(b"RCPT"), b"RCPT");
}

#[test]
fn a_deferral_names_the_host_that_deferred() {
    check("deferral.txt", |input| {
        let deferral = deferral::deferral(input);
        let host = deferral.host.map_or(&b"-"[..], |host| Peer::parse(host).fqdn());
        let reason = written(|out| deferral.reason(reply::REASON_WIDTH, out));
        [host, b" | ", &reason].concat()
    });
}

#[test]
fn failures_that_differ_in_a_serial_are_of_one_kind() {
    check("serial.txt", |input| written(|out| serial::starred(input, out)));
}

#[test]
fn replies_are_cut_to_what_they_tell() {
    check("reply.txt", |input| {
        let [limit, text] = arguments(input)[..] else { panic!("limit | text") };
        let limit = str::from_utf8(limit).unwrap().parse().unwrap_or(usize::MAX);
        written(|out| reply::trim_reply(text, limit, out))
    });
}

#[test]
fn wide_text_is_cut_between_characters() {
    let cut = |text: &str, limit| written(|out| reply::trim_width(text.as_bytes(), limit, out));
    assert_eq!(cut("550 5.1.1 no", 12), b"550 5.1.1 no");
    assert_eq!(cut("550 5.1.1 no", 11), b"550 5.1....");
    assert_eq!(cut("für überall", 9), "für ...".as_bytes());
    assert_eq!(cut("für überall", 0), b"...");
}

#[test]
fn limits_follow_the_width_of_the_page() {
    let limits = [80, 132, 120, 1].map(|width| reply::limit(reply::REASON_WIDTH, Some(width)));
    assert_eq!(limits, [66, 118, 106, 3]);
    assert_eq!(reply::limit(reply::HEADER_WIDTH, Some(80)), 64);
    assert_eq!(reply::limit(reply::HEADER_WIDTH, None), usize::MAX);
}

#[test]
fn warnings_of_one_kind_are_one_line() {
    check("warning.txt", |input| written(|out| warning::condense(input, out)));
}

#[test]
fn failed_sign_ins_tell_client_and_user() {
    check("sasl.txt", |input| {
        let Some(failure) = warning::sasl_failure(input) else { return b"none".to_vec() };
        let user = failure.user.unwrap_or(b"-");
        [failure.client, failure.method, failure.reason, user].join(&b" | "[..])
    });
}

#[test]
fn bang_paths_read_from_left_to_right() {
    check("uucp.txt", |input| written(|out| address::uucp(input, out)));
}

#[test]
fn senders_made_for_one_mail_lose_its_number() {
    check("verp.txt", |input| {
        assert_eq!(written(|out| address::verp(input, 0, out)), input);
        [1, 2].map(|level| written(|out| address::verp(input, level, out))).join(&b" | "[..])
    });
}

#[test]
fn rewritten_senders_are_who_they_were() {
    check("srs.txt", |input| written(|out| address::srs(input, out)));
}
