//! Logs as they are named, and that each is read once.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom};
use std::process::Command;

use super::{Folder, texts};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/deferral-storm.log");

#[test]
fn a_file_on_standard_input_is_read_once_if_it_is_named_as_well() {
    let folder = Folder::new("twice");
    let count = |command: &mut Command| texts(&command.output().unwrap());
    let ask = ["count", "received", "--year", "2026"];
    for words in [["-", LOG], [LOG, "-"]] {
        let mut command = folder.pfsum();
        command.args(ask).args(words).stdin(File::open(LOG).unwrap());
        assert_eq!(count(&mut command), (Some(0), "28\n".to_owned(), String::new()), "{words:?}");
    }
    // Also if somebody has read a part of it before.
    let mut begun = File::open(LOG).unwrap();
    begun.seek(SeekFrom::Start(1000)).unwrap();
    assert_eq!(count(folder.pfsum().args(ask).args(["-", LOG]).stdin(begun)).1, "28\n");
    let inputs = ["--list-inputs", "-", LOG, "--year", "2026"];
    let (_, out, _) = count(folder.pfsum().args(inputs).stdin(File::open(LOG).unwrap()));
    let skipped = format!("standard input  skipped: its lines are in {LOG}");
    assert!(out.lines().any(|line| line == skipped), "{out}");
    // A trace reads it more than once.
    let told = |words: &[&str]| {
        let mut command = folder.pfsum();
        command.args(["trace", "desk@cedar.example", "--year", "2026"]).args(words);
        count(command.stdin(File::open(LOG).unwrap())).1
    };
    let once = told(&[LOG]);
    assert!(once.contains("desk@cedar.example") && told(&["-", LOG]) == once, "{once}");
    // Another file is another log.
    let other = folder.0.join("other.log");
    fs::write(&other, fs::read_to_string(LOG).unwrap().replace(" mx1 ", " mx2 ")).unwrap();
    let two = folder.pfsum().args(ask).args(["-", LOG]).stdin(File::open(other).unwrap()).output();
    assert_eq!(texts(&two.unwrap()).1, "56\n");
}
