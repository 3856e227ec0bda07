//! Man pages and completions say what `--help` says, and the programs that read them find no fault.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::Folder;
use crate::tool::tool;

/// The options that a help shows, and the long ones of the program without a command.
fn options_of(words: &[&str]) -> BTreeSet<String> {
    let run = Command::new(env!("CARGO_BIN_EXE_pfsum")).args(words).arg("--help").output().unwrap();
    let help = String::from_utf8(run.stdout).unwrap();
    let rows = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let names = rows.flat_map(|row| {
        let named = row.split("  ").next().unwrap();
        named.split([' ', ',', '=', '[']).filter(|word| word.starts_with('-')).map(str::to_owned)
    });
    names.collect()
}

/// What the system's own tools say of a file; nothing is what is wanted.
fn said_by(program: PathBuf, words: &[&str]) -> String {
    let run = Command::new(program).args(words).output().unwrap();
    let said = [run.stdout, run.stderr].concat();
    String::from_utf8(said).unwrap()
}

pub(crate) fn pages() -> Folder {
    let folder = Folder::new("pages");
    crate::pages::write(&folder.0).unwrap();
    folder
}

#[test]
fn each_option_of_the_help_is_in_the_man_page_and_the_completions_and_no_other() {
    let folder = pages();
    let read = |name: &str| fs::read_to_string(folder.0.join(name)).unwrap();
    let (bash, zsh, fish) = (read("pfsum.bash"), read("_pfsum"), read("pfsum.fish"));
    for command in ["", "count", "trace", "queue"] {
        let words: Vec<&str> = Some(command).filter(|word| !word.is_empty()).into_iter().collect();
        let shown = options_of(&words);
        assert!(shown.len() > 20 && shown.contains("--format"), "{shown:?}");
        let name = if command.is_empty() { "pfsum.1".into() } else { format!("pfsum-{command}.1") };
        let page = read(&name);
        let rows = page.lines().filter(|line| line.starts_with("\\fB\\-"));
        let told: BTreeSet<String> = rows
            .flat_map(|row| {
                row.split("\\fB").skip(1).map(|name| name.split("\\fR").next().unwrap())
            })
            .map(|name| name.replace("\\-", "-"))
            .collect();
        assert_eq!(told, shown, "{command}");
        for option in shown.iter().filter(|option| option.starts_with("--")) {
            assert!(bash.contains(&format!(" {option} ")), "bash: {option}");
            assert!(zsh.contains(&format!("{option}=[")) || zsh.contains(&format!("{option}[")));
            assert!(fish.contains(&format!(" -l {} ", &option[2..])), "fish: {option}");
        }
    }
    assert!(!bash.contains("PFSUM_NOW") && !bash.contains("--now"));
}

#[test]
fn man_finds_nothing_to_warn_of() {
    let Some(mandoc) = tool("mandoc") else { return };
    let folder = pages();
    for command in ["", "-count", "-trace", "-queue"] {
        let page = folder.0.join(format!("pfsum{command}.1"));
        let words = ["-Tlint", "-Wwarning", page.to_str().unwrap()];
        let said = said_by(mandoc.clone(), &words);
        let said: Vec<&str> = said.lines().filter(|line| !line.contains("missing date")).collect();
        assert!(said.is_empty(), "{said:?}");
    }
}

#[test]
fn shells_take_the_completions_and_complete_with_them() {
    let folder = pages();
    let file = |name: &str| folder.0.join(name).to_str().unwrap().to_owned();
    if let Some(bash) = tool("bash") {
        let complete = |line: &[&str]| {
            let script = "set -eu; . \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
                 _pfsum pfsum \"${COMP_WORDS[-1]}\" \"${COMP_WORDS[-2]}\"; echo \"${COMPREPLY[*]}\"";
            let bash_file = file("pfsum.bash");
            let mut words = vec!["-c", script, "bash", &bash_file];
            words.extend(line);
            said_by(bash.clone(), &words)
        };
        assert_eq!(complete(&["pfsum", "tr"]), "trace\n");
        assert_eq!(complete(&["pfsum", "--problems"]), "--problems-first\n");
        assert_eq!(complete(&["pfsum", "--format", "h"]), "html\n");
        assert_eq!(complete(&["pfsum", "count", "defer"]), "deferred deferrals\n");
        assert_eq!(complete(&["pfsum", "count", "--by", "rel"]), "relay\n");
        assert_eq!(complete(&["pfsum", "trace", "--lim"]), "--limit\n");
    }
    if let Some(zsh) = tool("zsh") {
        assert_eq!(said_by(zsh, &["-n", &file("_pfsum")]), "");
    }
    if let Some(fish) = tool("fish") {
        assert_eq!(said_by(fish, &["--no-execute", &file("pfsum.fish")]), "");
    }
}
