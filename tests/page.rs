//! The page: what must hold of its text. What a browser makes of it, `tests/page/` checks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::process::Command;

fn printed(log: &str, format: &str) -> String {
    printed_with(log, format, &[])
}

fn printed_with(log: &str, format: &str, options: &[&str]) -> String {
    let log = format!("{}/sample-logs/{log}.log", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args([&log, "--format", format])
        .args(options)
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2026-11-05T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What follows `<` is a tag that the template writes: log text opens none.
#[test]
fn log_text_opens_no_tag() {
    const TAGS: [&str; 46] = [
        "!DOCTYPE",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "bdi",
        "main",
        "section",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "ol",
        "li",
        "figure",
        "figcaption",
        "b",
        "span",
        "svg",
        "desc",
        "rect",
        "details",
        "summary",
        "div",
        "code",
        "pre",
        "abbr",
        "footer",
        "strong",
        "g",
        "line",
        "text",
        "ul",
        "dl",
    ];
    for log in ["hostile", "quiet-day", "deferral-storm"] {
        let page = printed(log, "html");
        for rest in page.split('<').skip(1) {
            let name: String = rest
                .trim_start_matches('/')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '!')
                .collect();
            assert!(TAGS.contains(&name.as_str()), "{log}: <{rest:.60}");
            // Else an address that begins with Hebrew would be shown from its end.
            assert!(!rest.starts_with("bdi>"), "{log}: <{rest:.60}");
        }
    }
}

#[test]
fn a_hostile_page_says_what_the_log_says() {
    let page = printed("hostile", "html");
    // The sample's sender is `"<img src=x onerror=alert(1)>"@evil.example`.
    assert!(page.contains("&quot;&lt;img src=x onerror=alert(1)&gt;&quot;@evil.example"));
    let unseen = |c: char| c.is_control() && c != '\n' || ('\u{202A}'..='\u{202E}').contains(&c);
    assert_eq!(page.find(unseen), None, "no control and no turned text");
}

#[test]
fn a_page_asks_nothing_of_anybody() {
    for log in ["hostile", "february-2009"] {
        let page = printed(log, "html");
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'"));
        for reference in ["url(", "@import", "<script", "<link", "<form"] {
            assert!(!page.contains(reference), "{log}: {reference}");
        }
        // Text may say what it likes; a tag may not.
        for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(!tag.contains(" src=") && !tag.contains(" href="), "{log}: <{tag}>");
        }
    }
}

/// Each total that the page prints is JSON's, before its name.
#[test]
fn the_page_and_json_have_the_same_totals() {
    for log in ["february-2009", "deferral-storm", "content-filter", "held-and-discarded"] {
        let page = printed(log, "html");
        let json: serde_json::Value = serde_json::from_str(&printed(log, "json")).unwrap();
        assert!(page.contains(json["verdict"].as_str().unwrap()), "{log}: the verdict");
        for key in ["received", "delivered", "deferred", "bounced", "rejected", "recipients"] {
            let row = format!(
                "<tr><td class=\"n\">{}</td><th scope=\"row\">{key}</th>",
                json["totals"][key]
            );
            assert!(page.contains(&row), "{log}: {row}");
        }
    }
}

#[test]
fn advice_is_not_cut() {
    let page = printed("february-2009", "html");
    assert!(page.contains("mostly spam with a forged sender; refuse such mail"));
}

/// A page does not say of numbers that are of hops that they are of messages.
#[test]
fn a_page_says_what_is_counted() {
    let once = "counted once, whatever its way";
    assert!(printed("content-filter", "html").contains(once));
    let hops = printed_with("content-filter", "html", &["--no-fold"]);
    assert!(!hops.contains(once) && hops.contains("Every hop of a message is counted"));
}
