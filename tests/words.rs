//! The phrases, hosts and domains of the report: tables of input and outcome.
//!
//! A table in `words/` holds pairs of lines: what goes in, and after `= ` what
//! comes out. `␣` stands for a blank at an end, `\xNN` for a byte, ` | ` parts
//! several arguments.

use std::fs;
use std::path::Path;

use pfsum::words::{clean, domain, host::Peer, order, scale};

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
            wrong += &format!("{input}\n= {expected}\n! {}\n", spoken.escape_ascii());
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
