//! Every command that README, docs/ and `--help` show is run here, on a mail host of stand-ins, and
//! prints what stands below it.
//!
//! What the first word behind the fence means:
//!
//! * `console`: lines that begin with `$ ` are commands, the others what they print; `...` at the
//!   end is the rest of it
//! * `sh`: commands that end with status 0 and print nothing on standard error
//! * `cron`: lines of `/etc/cron.d`, likewise
//! * `toml`: a config file that pfsum takes
//! * anything else: no commands
//!
//! `<!-- status 3 -->` above a block is how it ends; `<!-- not run: WHY -->` is a block that no test
//! can run, of which `NOT_RUN` has the number.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "docs/block.rs"]
mod block;
#[path = "docs/host.rs"]
mod host;
#[path = "input/support.rs"]
#[allow(dead_code)]
mod support;
#[path = "reading/tool.rs"]
mod tool;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use block::{Block, Mark, blocks, inline};
use host::Host;

/// How many blocks of which page are not run.
const NOT_RUN: [(&str, usize); 6] = [
    ("README.md", 1),
    ("docs/containers.md", 2),
    ("docs/mail.md", 1),
    ("docs/packages.md", 5),
    ("docs/performance.md", 1),
    ("docs/trust.md", 1),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages, by their names from the root of the project.
fn pages() -> Vec<(String, String)> {
    let mut names = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            names.push(format!("docs/{}", path.file_name().unwrap().to_str().unwrap()));
        }
    }
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(root().join(&name)).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

/// Runs a block as its kind asks for.
fn run(host: &Host, page: &str, block: &Block<'_>) {
    let place = format!("{page}:{}", block.line);
    let status = if let Mark::Ends(status) = block.mark { status } else { 0 };
    match block.kind {
        "console" => {
            for (command, answer) in block.dialog() {
                let ran = host.shell(page, &command);
                assert_eq!((ran.status, ran.err.as_str()), (status, ""), "{place}: {command}");
                let printed = ran.out.trim_end();
                match answer.strip_suffix("...\n") {
                    Some(beginning) => {
                        assert!(printed.starts_with(beginning), "{place}: {command}\n{printed}");
                    }
                    None => assert_eq!(printed, answer.trim_end(), "{place}: {command}"),
                }
            }
        }
        "sh" => host.does(page, &place, block.text, status),
        "cron" => {
            for line in block.text.lines().filter(|line| !line.starts_with('#')) {
                let words: Vec<&str> = line.split_whitespace().collect();
                host.does(page, &place, &words[6..].join(" "), status);
            }
        }
        "toml" => {
            let file = host.folder.put("docs.toml", block.text.as_bytes());
            let dump = format!("pfsum --config {} --dump-config", file.display());
            host.does(page, &place, &dump, 0);
        }
        _ => {
            let is_command = |line: &&str| line.starts_with("$ ") || line.starts_with("pfsum ");
            let found = block.text.lines().find(is_command);
            assert_eq!(found, None, "{place}: a command in a block that is not run");
        }
    }
}

#[test]
fn each_block_of_commands_does_what_stands_there() {
    let host = Host::new();
    let (mut not_run, mut run_at_all) = (BTreeMap::new(), 0);
    for (page, text) in pages() {
        for block in blocks(&text) {
            if block.mark == Mark::NotRun {
                *not_run.entry(page.clone()).or_default() += 1;
                continue;
            }
            run_at_all += 1;
            run(&host, &page, &block);
        }
    }
    let expected: BTreeMap<String, usize> =
        NOT_RUN.iter().map(|(page, number)| ((*page).to_owned(), *number)).collect();
    assert_eq!(not_run, expected, "blocks that are marked as not run");
    assert!(run_at_all > 50, "{run_at_all}");
}

#[test]
fn each_command_in_the_text_and_in_tables_can_be_typed() {
    let host = Host::new();
    let mut number = 0;
    for (page, text) in pages() {
        for command in inline(&text) {
            number += 1;
            host.does(&page, &format!("{page}: {command}"), &command, 0);
        }
    }
    assert!(number >= 10, "{number}");
}

#[test]
fn each_example_of_the_help_can_be_typed() {
    let host = Host::new();
    for command in ["count", "trace", "queue"] {
        let help = host.shell("README.md", &format!("pfsum {command} --help")).out;
        let is_example = |line: &&str| line.starts_with("  pfsum ") || line.contains(" | pfsum ");
        let examples: Vec<&str> = help.lines().filter(is_example).collect();
        assert!(examples.len() >= 2, "{help}");
        for example in examples {
            host.does("--help", example, example.trim(), 0);
        }
    }
}

#[test]
fn each_question_has_its_command() {
    let page = fs::read_to_string(root().join("docs/questions.md")).unwrap();
    let answers = blocks(&page).into_iter().filter(|block| block.kind == "console").count();
    assert!(answers >= 25, "{answers}");
    assert_eq!(answers, page.matches("\n**").count(), "a question without a command");
}

#[test]
fn each_link_leads_somewhere() {
    let mut number = 0;
    for (page, text) in pages() {
        let folder = root().join(&page).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = link.split('#').next().unwrap();
            if link.starts_with("https://") {
                continue;
            }
            assert!(folder.join(file).exists(), "{page}: {link}");
            number += 1;
        }
    }
    assert!(number > 20, "{number}");
}
