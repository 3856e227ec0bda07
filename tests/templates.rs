//! Own templates: what they see, what they may replace, and what they are told when wrong.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pfsum-look-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn run(&self, log: &str, words: &[&str]) -> (Option<i32>, String, String) {
        let log = format!("{}/sample-logs/{log}.log", env!("CARGO_MANIFEST_DIR"));
        let output = Command::new(env!("CARGO_BIN_EXE_pfsum"))
            .arg(log)
            .args(words)
            .current_dir(&self.0)
            .env("TZ", "UTC")
            .env("PFSUM_NOW", "2026-11-23T12:00:00")
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_written_out_makes_the_same_report() {
    let folder = Folder::new("same");
    let (status, said, _) = folder.run("quiet-day", &["--write-templates", "look"]);
    assert_eq!((status, said.as_str()), (Some(0), "look/report.txt\nlook/report.html\n"));
    for (file, format) in [("look/report.txt", "text"), ("look/report.html", "html")] {
        for log in ["quiet-day", "february-2009", "deferral-storm"] {
            let own = folder.run(log, &["--template", file]);
            let built_in = folder.run(log, &["--format", format]);
            assert_eq!(own, built_in, "{log}: {file}");
        }
    }
    let (status, _, said) = folder.run("quiet-day", &["--write-templates", "look"]);
    assert_eq!(status, Some(2), "nothing is overwritten");
    assert!(said.starts_with("pfsum: look/report.txt: "), "{said}");
}

#[test]
fn one_block_is_replaced_and_the_rest_stays() {
    let folder = Folder::new("block");
    let text = folder.file(
        "mine.txt",
        "{% extends \"builtin/report.txt\" %}{% block reading %}\nRead by us: {{ reading.lines }}\n{% endblock %}",
    );
    let (status, mine, said) = folder.run("quiet-day", &["--template", &text]);
    assert_eq!((status, said.as_str()), (Some(0), ""));
    let (_, built_in, _) = folder.run("quiet-day", &[]);
    let before =
        |report: &str, mark: &str| report.split(mark).next().unwrap().trim_end().to_owned();
    assert_eq!(before(&mine, "Read by us"), before(&built_in, "Reading\n-------"));
    assert!(mine.trim_end().ends_with("Read by us: 336"), "{mine}");
    let page = folder.file(
        "mine.html",
        "{% extends \"builtin/report.html\" %}{% block footer %}<footer>{% include \"us.html\" %}</footer>{% endblock %}",
    );
    folder.file("us.html", "Ours, {{ hosts | join(sep=\", \") }}");
    let (status, mine, said) = folder.run("quiet-day", &["--template", &page]);
    assert_eq!((status, said.as_str()), (Some(0), ""));
    let (_, built_in, _) = folder.run("quiet-day", &["--format", "html"]);
    assert_eq!(before(&mine, "<footer>"), before(&built_in, "<footer>"));
    assert!(mine.contains("<footer>Ours, mx1</footer>"), "{}", &mine[mine.len() - 300..]);
}

#[test]
fn a_template_sees_what_json_says() {
    let folder = Folder::new("json");
    let (_, json, _) = folder.run("february-2009", &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let template = "{{ totals.deferrals }} {{ queue[0].queue_id }} {{ queue | length }} \
        {% for section in sections %}{% if section.id == \"senders\" %}{{ section.table.rows | length }} \
        {{ section.table.rows[0].address }} {{ section.table.rows[0].count }}{% endif %}{% endfor %}";
    let (_, said, wrong) =
        folder.run("february-2009", &["--template", &folder.file("x.txt", template)]);
    let sections = report["sections"].as_array().unwrap();
    let senders = sections.iter().find(|section| section["id"] == "senders").unwrap();
    let rows = senders["table"]["rows"].as_array().unwrap();
    let wanted = format!(
        "{} {} {} {} {} {}",
        report["totals"]["deferrals"],
        report["queue"][0]["queue_id"].as_str().unwrap(),
        report["queue"].as_array().unwrap().len(),
        rows.len(),
        rows[0]["address"].as_str().unwrap(),
        rows[0]["count"],
    );
    assert_eq!((said, wrong), (wanted, String::new()));
}

#[test]
fn log_text_is_escaped_in_a_page_and_harmless_in_text() {
    let folder = Folder::new("escaped");
    let each = "{% for section in sections %}{% if section.id == \"senders\" %}{% for row in section.table.rows %}{{ row.address }}\n{% endfor %}{% endif %}{% endfor %}";
    let (_, page, _) = folder.run("hostile", &["--template", &folder.file("x.html", each)]);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;") && !page.contains('<'), "{page}");
    let (_, text, _) = folder.run("hostile", &["--template", &folder.file("x.txt", each)]);
    let unseen = |c: char| c.is_control() && c != '\n' || ('\u{202A}'..='\u{202E}').contains(&c);
    assert!(text.contains("<img src=x") && !text.contains(unseen), "{text}");
}

#[test]
fn a_mistake_is_shown_with_file_line_and_column() {
    let folder = Folder::new("mistake");
    for (name, text, place, said) in [
        ("a.txt", "one\n{{ totals.recieved }}\n", "a.txt:2:", "recieved"),
        ("b.html", "<p>\n\n  {% if %}\n", "b.html:3:", ""),
        ("c.txt", "{{ title | underlind }}", "c.txt:1:", "underlind"),
        (
            "d.txt",
            "{% extends \"builtin/report.txt\" %}\n{% block totals %}\n{{ nothing.at.all }}{% endblock %}",
            "d.txt:3:",
            "nothing",
        ),
    ] {
        let file = folder.file(name, text);
        let (status, out, err) = folder.run("quiet-day", &["--template", &file]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{name}");
        assert!(
            err.starts_with("pfsum: ") && err.contains(place) && err.contains(said),
            "{name}: {err}"
        );
    }
    let (status, _, err) = folder.run("quiet-day", &["--template", "none.txt"]);
    assert_eq!((status, err.as_str()), (Some(2), "pfsum: none.txt: no such file or directory\n"));
}

#[test]
fn no_file_of_another_folder_is_reached() {
    let folder = Folder::new("reach");
    fs::create_dir_all(folder.0.join("in")).unwrap();
    folder.file("secret.txt", "SECRET");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.0.join("secret.txt"), folder.0.join("in/link.txt")).unwrap();
    for name in ["../secret.txt", "secret.txt", "link.txt", "/etc/passwd", "in/../../secret.txt"] {
        let file = folder.file("in/x.txt", &format!("a{{% include \"{name}\" %}}b"));
        let (status, out, err) = folder.run("quiet-day", &["--template", &file]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{name}: {out}");
        assert!(!err.contains("SECRET") && !err.contains("root:"), "{name}: {err}");
    }
}
