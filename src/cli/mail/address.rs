//! Addresses as they are typed: nothing in one can begin an option, a header or a command.

use anyhow::{Result, bail};

/// Refuses what is no plain address; a name without a domain is one of this host.
pub(super) fn check(option: &str, typed: &str) -> Result<()> {
    let refuse = |why: &str| bail!("{option} {typed:?}: {why}");
    if typed.is_empty() || typed.len() > 254 {
        return refuse("an address has 1 to 254 characters");
    }
    if !typed.is_ascii() {
        return refuse("write a domain in ASCII, as xn--...");
    }
    let strange = |c: char| !c.is_ascii_graphic() || "()<>[]:;,\\\"".contains(c);
    if let Some(c) = typed.chars().find(|c| strange(*c)) {
        return refuse(&format!("an address has no {c:?} here"));
    }
    if typed.starts_with('-') {
        return refuse("an address does not begin with a hyphen");
    }
    let mut parts = typed.split('@');
    let (local, domain) = (parts.next().unwrap_or_default(), parts.next());
    let empty_label = |domain: &str| domain.split('.').any(str::is_empty);
    if local.is_empty() || domain.is_some_and(empty_label) || parts.next().is_some() {
        return refuse("accepted are user@example.org and names of this host");
    }
    Ok(())
}

/// Refuses a name without a domain, which a server elsewhere cannot know.
pub(super) fn check_whole(typed: &str) -> Result<()> {
    if !typed.contains('@') {
        bail!("--smtp: {typed:?} needs a domain, because the server is not this host");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_only_an_address() {
        for good in
            ["ann@example.org", "postmaster", "a+b.c_d=e@sub.example.org", "o'neil@example.org"]
        {
            assert!(check("--mail-to", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-oQ/tmp@example.org",
            "ann@example.org\nBcc: all@example.org",
            "ann@example.org\r\n",
            "Ann <ann@example.org>",
            "ann@example.org,bob@example.org",
            "ann@@example.org",
            "@example.org",
            "ann@",
            "ann@example..org",
            "ann bob@example.org",
            "\"a b\"@example.org",
            "ann@ex\u{e4}mple.org",
            "ann\0@example.org",
        ] {
            assert!(check("--mail-to", bad).is_err(), "{bad:?}");
        }
    }
}
