//! Blocklists that a server names when it refuses mail because of one.

/// Words of which one is in the name of nearly every list.
const LISTS: [&[u8]; 9] = [
    b"dnsbl",
    b"rbl",
    b"spamhaus",
    b"spamcop",
    b"barracuda",
    b"sorbs",
    b"uceprotect",
    b"blocklist",
    b"blacklist",
];

/// Words behind which the name of a list stands.
const BEFORE: [&[u8]; 5] = [b"using", b"list", b"listed", b"in", b"by"];

/// The list that a refusal names, if it names one by its domain.
///
/// ```text
/// 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.list.example; https://list.example/192.0.2.1
/// 550 5.7.1 Your IP is listed in bl.list.example, see https://list.example
/// 554 Email rejected due to blacklisting. Please see https://www.spamcop.example/lookup/192.0.2.1
/// ```
#[must_use]
pub fn named(text: &[u8]) -> Option<&[u8]> {
    let words = || text.split(|byte| is_between(*byte)).filter(|w| !w.is_empty());
    let mut behind = false;
    for word in words() {
        let domain = domain(word);
        if behind && domain.is_some() {
            return domain;
        }
        behind = BEFORE.iter().any(|before| word.eq_ignore_ascii_case(before));
    }
    words().filter_map(domain).find(|domain| {
        let lower = domain.to_ascii_lowercase();
        LISTS.iter().any(|list| memchr::memmem::find(&lower, list).is_some())
    })
}

/// Whether a byte stands between words.
fn is_between(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b';' | b',' | b'(' | b')' | b'<' | b'>' | b'"' | b'\'' | b'[' | b']'
    )
}

/// The domain that a word is, or that stands in its link.
fn domain(word: &[u8]) -> Option<&[u8]> {
    let links: [&[u8]; 2] = [b"https://", b"http://"];
    let bare = links.iter().find_map(|link| word.strip_prefix(*link)).unwrap_or(word);
    let host = bare.split(|byte| matches!(byte, b'/' | b':' | b'?' | b'#')).next().unwrap_or(bare);
    let host = host.strip_suffix(b".").unwrap_or(host);
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let last = host.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_domain = host.contains(&b'.')
        && host.iter().all(fits)
        && last.len() > 1
        && last.iter().all(u8::is_ascii_alphabetic);
    is_domain.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_list_is_found_and_the_rest_is_not() {
        let cases: [(&str, Option<&str>); 6] = [
            (
                "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using \
                 zen.list.example; https://www.list.example/query/192.0.2.1",
                Some("zen.list.example"),
            ),
            ("550 5.7.1 Your IP is listed in bl.list.example, see there", Some("bl.list.example")),
            (
                "554 refused, see https://www.spamcop.example/w3m?192.0.2.1",
                Some("www.spamcop.example"),
            ),
            ("550 5.7.1 Message rejected due to local policy", None),
            ("421 4.7.0 [192.0.2.1] Our system has detected an unusual rate", None),
            ("550 5.7.1 blocked using", None),
        ];
        for (text, list) in cases {
            assert_eq!(named(text.as_bytes()), list.map(str::as_bytes), "{text}");
        }
    }
}
