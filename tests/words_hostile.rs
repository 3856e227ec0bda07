//! What holds for the words of any log, whoever wrote it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::cmp::Ordering;

use pfsum::words::reject::{Added, Subject};
use pfsum::words::{
    address, clean, deferral, domain, host::Peer, order, reject, reply, serial, warning,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces the parsers look for, so that random text reaches past their first
/// step.
const PIECES: &[&str] = &[
    "host ",
    " said: ",
    "550 ",
    "5.7.26 ",
    "550-5.1.1 ",
    "(in reply to ",
    "connect to ",
    ": ",
    "; ",
    ", ",
    "<",
    ">: ",
    "[",
    "]",
    "] ",
    ":25",
    "@",
    "!",
    ".",
    "-",
    "=",
    "*",
    "example.com",
    "xn--",
    "co.uk",
    "münchen",
    "unknown",
    "192.0.2.1",
    "2001:db8::1",
    "1:2:3:4:5:6:7:8:9",
    "in-addr.arpa",
    "SRS0=",
    "SRS1=",
    "a=b",
    "bounce",
    "return",
    "-12",
    "+3",
    "SASL ",
    " authentication failed",
    ", sasl_username=",
    "hostname ",
    " does not resolve to address",
    " verification failed",
    "Sender address rejected: ",
    "Domain ",
    " does not accept mail (nullMX)",
    "client [",
    " blocked",
    "lost connection with ",
    "while ",
    "Name service error for ",
    "name=",
    " type=MX:",
    "delivery temporarily suspended: ",
    "RCPT TO:",
    "Transaction failed:",
    "Unable to look up ",
    "MX host ",
    " for ",
    "process ",
    " pid ",
    "\u{202e}",
    "\u{1b}[31m",
    "🙂",
    "ä",
    " ",
    "",
];

fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
        1 => "[a-z0-9]{1,70}".prop_map(String::into_bytes),
    ];
    vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cut_text_fits_and_stays_text(text in hostile(), limit in 3usize..90) {
        let mut out = Vec::new();
        let is_text = str::from_utf8(&text).is_ok();
        for cut in [reply::trim_width, reply::trim_reply] {
            cut(&text, limit, &mut out);
            prop_assert!(out.len() <= limit);
            prop_assert!(!is_text || str::from_utf8(&out).is_ok());
        }
        deferral::deferral(&text).reason(limit, &mut out);
        prop_assert!(out.len() <= limit);
        prop_assert!(!is_text || str::from_utf8(&out).is_ok());
    }

    #[test]
    fn what_has_no_serial_any_more_has_none(text in hostile()) {
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        serial::starred(&text, &mut once);
        prop_assert!(once.len() <= text.len());
        serial::starred(&once, &mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn shown_text_is_visible_and_on_one_line(text in hostile()) {
        let mut out = String::new();
        clean::printable(&text, &mut out);
        let hidden = |c: char| c.is_control() || c == '\u{202e}';
        prop_assert!(!out.contains(hidden));
        prop_assert!(out.chars().count() >= String::from_utf8_lossy(&text).chars().count());
    }

    #[test]
    fn a_domain_has_one_spelling_and_ends_in_the_registered_one(text in hostile()) {
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        domain::canonical(&text, &mut once);
        domain::canonical(&once, &mut twice);
        prop_assert_eq!(&once, &twice);
        let name = text.strip_suffix(b".").unwrap_or(&text);
        let registrable = domain::registrable(&text);
        prop_assert!(name.ends_with(registrable));
        prop_assert_eq!(domain::registrable(&text.to_ascii_uppercase()).len(), registrable.len());
    }

    #[test]
    fn every_host_has_a_name(text in hostile()) {
        let mut out = Vec::new();
        let peer = Peer::parse(&text);
        prop_assert!(!peer.fqdn().is_empty());
        peer.folded(&mut out);
        prop_assert!(!out.is_empty());
    }

    #[test]
    fn the_order_of_names_is_an_order(a in hostile(), b in hostile(), c in hostile()) {
        let cmp = order::host_key_cmp;
        prop_assert_eq!(cmp(&a, &b), cmp(&b, &a).reverse());
        prop_assert_eq!(cmp(&a, &b) == Ordering::Equal, a == b);
        if cmp(&a, &b).is_le() && cmp(&b, &c).is_le() {
            prop_assert!(cmp(&a, &c).is_le());
        }
        // Numbers made of the beginnings stand in the same order, or tell nothing.
        let (first, second) = (order::host_key_start(&a), order::host_key_start(&b));
        prop_assert!(first == second || first.cmp(&second) == cmp(&a, &b));
    }

    #[test]
    fn no_text_is_too_odd_for_a_phrase(text in hostile(), sender in hostile()) {
        let mut out = Vec::new();
        for stage in [&b"MAIL"[..], b"RCPT", b"connect", b""] {
            reject::reason(stage, &text, &mut out);
            let reason = out.clone();
            prop_assert!(reason.len() <= text.len());
            let added = Added { sender: true, recipient: true };
            reject::leaf(Subject::of(&reason), b"unknown", &sender, &text, added, &mut out);
        }
        warning::condense(&text, &mut out);
        if let Some(failure) = warning::sasl_failure(&text) {
            prop_assert!(out.starts_with(b"SASL "));
            prop_assert!(text.starts_with(failure.client));
        }
        address::uucp(&sender, &mut out);
        address::srs(&sender, &mut out);
        for level in 0..3 {
            address::verp(&sender, level, &mut out);
            let (local, _) = domain::split_address(&sender);
            prop_assert!(out.ends_with(&sender[local.len()..]));
        }
    }
}
