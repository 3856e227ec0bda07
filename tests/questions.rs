//! The page of questions and answers, `docs/questions.md`: each command on it prints what stands
//! below it there.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The words of a command line; quotes keep blanks together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

/// The commands of the page, each with the answer below it.
fn answers(page: &str) -> Vec<(&str, String)> {
    let blocks = page.split("```console\n").skip(1);
    blocks
        .map(|block| {
            let inside = block.split("```").next().unwrap();
            let (command, answer) = inside.split_once('\n').unwrap();
            (command.strip_prefix("$ pfsum ").unwrap(), answer.to_owned())
        })
        .collect()
}

#[test]
fn each_question_has_the_answer_that_the_program_gives() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/questions.md")).unwrap();
    let answers = answers(&page);
    assert!(answers.len() >= 25, "{}", answers.len());
    assert_eq!(answers.len(), page.matches("\n**").count(), "a question without a command");
    for (command, answer) in answers {
        let output = Command::new(env!("CARGO_BIN_EXE_pfsum"))
            .args(words(command))
            .current_dir(root.join("sample-logs"))
            .stdin(Stdio::null())
            .env("TZ", "UTC")
            .env("PFSUM_NOW", "2025-11-05T12:00:00")
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap();
        let printed: String = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .flat_map(|line| [line.trim_end(), "\n"])
            .collect();
        assert_eq!(printed.trim_end(), answer.trim_end(), "{command}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{command}");
    }
}
