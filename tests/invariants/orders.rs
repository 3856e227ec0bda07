//! Any order of file arguments gives the report of the one log that they are parts of.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use crate::dice::Dice;
use crate::support::{CODECS, Folder, pack};
use crate::{NOW, Sample, difference, lines, samples};

/// What the program prints of some files; the classic report does not say how many there are.
fn printed(files: &[PathBuf]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pfsum"));
    command.env_clear().env("PFSUM_NOW", "2026-11-23T12:00:00").env("TZ", "UTC");
    let output = command.args(["--classic", "-e", "--smtpd-stats"]).args(files).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Where a log can be cut so that every part begins later than the one before ends, by the
/// stamp as it is written: there its parts can be put in order again.
fn seams(log: &[&[u8]]) -> Vec<usize> {
    let stamp = |line: &[u8]| {
        let is_iso = line.first().is_some_and(u8::is_ascii_digit);
        line.get(..if is_iso { 19 } else { 15 }).map(<[u8]>::to_vec)
    };
    let is_stamped = |line: &[u8]| {
        let colons = line.iter().take(19).filter(|&&byte| byte == b':').count();
        colons >= 2 && line.first().is_some_and(u8::is_ascii_alphanumeric)
    };
    (1..log.len())
        .filter(|&at| is_stamped(log[at - 1]) && is_stamped(log[at]))
        .filter(|&at| !log[at].windows(18).any(|word| word == b" message repeated "))
        .filter(|&at| stamp(log[at - 1]) < stamp(log[at]))
        .collect()
}

/// Writes a file whose last change was at the present of these tests.
fn put(folder: &Folder, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.put(name, content);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs())).unwrap();
    path
}

/// The parts of a log between some of its seams, as files.
fn parts(sample: &Sample, dice: &mut Dice, folder: &Folder) -> Vec<PathBuf> {
    let all = lines(&sample.bytes);
    let seams = seams(&all);
    let mut cuts = vec![0, all.len()];
    for _ in 0..3 {
        cuts.push(*dice.pick(&seams));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut files = Vec::new();
    for (number, pair) in cuts.windows(2).enumerate() {
        let codec = *dice.pick(&CODECS);
        let name = format!("{}-{number}.{codec}", dice.below(1000));
        files.push(put(folder, &name, &pack(codec, &all[pair[0]..pair[1]].concat())));
    }
    files
}

#[test]
fn any_order_of_files_gives_the_report_of_the_whole() {
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (case, sample) in (0..).zip(samples()) {
        let mut dice = Dice::new(case);
        if seams(&lines(&sample.bytes)).is_empty() {
            continue;
        }
        let folder = Folder::new("orders");
        let whole = printed(&[put(&folder, "whole", &sample.bytes)]);
        for _ in 0..3 {
            let mut files = parts(&sample, &mut dice, &folder);
            dice.shuffle(&mut files);
            if let Some(said) = difference(&whole, &printed(&files)) {
                wrong.push(format!("{} as {files:?}: {said}", sample.name));
            }
            for file in &files {
                std::fs::remove_file(file).unwrap();
            }
            compared += 1;
        }
    }
    assert!(compared >= 80, "only {compared} cuts");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
