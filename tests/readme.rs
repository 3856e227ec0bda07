//! What the README shows is what the program prints.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::Command;

#[test]
fn the_report_in_the_readme_is_the_one_that_its_command_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut blocks =
        readme.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let (command, beginning) = blocks.next().unwrap().split_once('\n').unwrap();
    let words = command.strip_prefix("$ pfsum ").expect("the README opens with a command");
    let mut run = Command::new(env!("CARGO_BIN_EXE_pfsum"));
    run.args(words.split(' ')).current_dir(root).env("PFSUM_NOW", "2026-11-23T12:00:00");
    let output = run.env("TZ", "UTC").env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.starts_with(beginning), "{printed}");
    let why = blocks.next().unwrap();
    assert!(printed.contains(why), "{printed}");
}
