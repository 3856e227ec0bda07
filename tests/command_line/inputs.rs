//! Logs as they are named, and that each is read once.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

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

/// Without a name, the command to copy would be asked of the log of the system.
#[test]
fn the_next_command_names_a_log_that_was_piped_in() {
    let folder = Folder::new("piped");
    for (words, log) in
        [(&[] as &[&str], " -"), (&["-"], " -"), (&["--year", "2026"], " --year 2026 -")]
    {
        let mut command = folder.pfsum();
        let (status, out, _) =
            texts(&command.args(words).stdin(File::open(LOG).unwrap()).output().unwrap());
        let next = format!(
            "-> pfsum count deferrals --cause unreachable --by reason --to @cedar.example{log}\n"
        );
        assert!(status == Some(0) && out.contains(&next), "{words:?}: {out}");
    }
}

/// With filters, the finding is about fewer messages, and so is what is asked next; but what the
/// question names goes first, because an option that is given twice means either.
#[test]
fn the_next_command_has_the_filters_of_the_report() {
    let folder = Folder::new("filtered");
    let run = |words: &[&str]| texts(&folder.pfsum().args(words).output().unwrap()).1;
    let filters = ["--from", "<>", "--from", "@*.example", "--to", "desk@cedar.example"];
    let filters = [&filters as &[&str], &["--reason", "out|^x y"]].concat();
    let report = run(&[&filters as &[&str], &[LOG]].concat());
    let next = format!(
        "-> pfsum count deferrals --cause unreachable --by reason --to @cedar.example --from '<>' --from '@*.example' \
         --reason 'out|^x y' {LOG}\n"
    );
    assert!(report.contains(&next), "{report}");
}

/// What begins like an option is a file again when it is copied.
#[test]
fn the_next_command_names_a_log_that_looks_like_an_option() {
    let folder = Folder::new("dash");
    fs::copy(LOG, folder.0.join("-x.log")).unwrap();
    let mut command = folder.pfsum();
    let (_, out, _) =
        texts(&command.current_dir(&folder.0).args(["--", "-x.log"]).output().unwrap());
    assert!(out.contains("--to @cedar.example ./-x.log\n"), "{out}");
}

/// A line of a message that stays in the queue.
fn queued(id: &str) -> Vec<u8> {
    let text = format!("{id}: from=<ann@example.net>, size=1, nrcpt=1 (queue active)");
    format!("2026-11-22T10:00:00+00:00 mx postfix/qmgr[9]: {text}\n").into_bytes()
}

/// Writes a log that nobody is writing any more.
fn put(log: &Path, content: &[u8]) {
    fs::write(log, content).unwrap();
    let file = File::options().write(true).open(log).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1_795_345_200)).unwrap();
}

/// From within a core's memory to more than a line may have and a second thread is worth.
const HOLES: [usize; 6] = [10, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_333_333, 10 << 20];

/// A crash while a line was being written: its number is that of the line behind, too.
#[test]
fn a_line_behind_a_hole_within_a_line_counts() {
    let folder = Folder::new("cut");
    let log = folder.0.join("mail.log");
    let cuts = [
        ("2026-11-22T10:00:00+00:00 mx post", 3),
        ("half a line", 3),
        (
            "2026-11-22T10:00:00+00:00 mx postfix/qmgr[9]: 4AAAAA0009: from=<bob@example.com>, \
          size=9, nrcpt=1 (queue active)",
            4,
        ),
    ];
    let no_date = b"2026-02-30T10:00:00+00:00 mx postfix/qmgr[9]: 4AAAAA0008: removed\n";
    for (length, (cut, messages)) in HOLES.iter().flat_map(|length| cuts.map(|cut| (*length, cut)))
    {
        let (cut, hole) = (cut.as_bytes(), vec![0; length]);
        let first = [&queued("4AAAAA0001"), cut, &hole, &queued("4AAAAA0002")].concat();
        put(&log, &[&first, &*queued("4AAAAA0003"), no_date].concat());
        for threads in ["1", "2"] {
            let words = ["count", "still-queued", "--threads", threads];
            let run = folder.pfsum().args(words).arg(&log).output().unwrap();
            let (status, out, err) = texts(&run);
            assert_eq!((status, out), (Some(0), format!("{messages}\n")), "{length}: {err}");
            let said = |what| format!("pfsum: {}: line {what}\n", log.display());
            let both =
                said("4 is left out: there is no such date") + &said("2 is cut off by NUL bytes");
            assert_eq!(err, both, "{length}");
        }
    }
    // Several holes, at both ends as well, and one with nothing but NULs in it.
    let ids = ["4AAAAA0001", "4AAAAA0002", "4AAAAA0003"].map(queued);
    let [one, two, three] = ids.each_ref().map(|line| line.strip_suffix(b"\n").unwrap());
    let line = [b"\0\0", one, b"\0", b"\0\0\0", two, b"\0\0", three, b"\0\0\n"];
    put(&log, &line.concat());
    let run = folder.pfsum().args(["count", "still-queued"]).arg(&log).output().unwrap();
    let said = "2 lines are cut off by NUL bytes; the first is line 1";
    assert_eq!(
        texts(&run),
        (Some(0), "3\n".to_owned(), format!("pfsum: {}: {said}\n", log.display()))
    );
}

/// What a crash leaves: the file system knew that the file was longer, and not of what.
#[test]
fn a_line_behind_a_hole_of_any_length_counts() {
    let folder = Folder::new("hole");
    let log = folder.0.join("mail.log");
    let (put, line) = (|content: &[u8]| put(&log, content), queued);
    for length in HOLES {
        let hole = vec![0; length];
        let content = [&line("4AAAAA0001"), &*hole, &line("4AAAAA0002"), &line("4AAAAA0003")];
        put(&content.concat());
        let count = |words: &[&str]| {
            let run = folder.pfsum().args(["count", "still-queued"]).args(words).arg(&log).output();
            texts(&run.unwrap())
        };
        let whole = (Some(0), "3\n".to_owned(), String::new());
        assert_eq!(count(&["--threads", "1"]), whole, "{length}");
        assert_eq!(count(&["--threads", "2"]), whole, "{length}");
        // A hole at the end is told, and so is a line without an end that is too long.
        put(&[&line("4AAAAA0001"), &*hole].concat());
        let (status, out, err) = count(&[]);
        assert_eq!((status, out.as_str()), (Some(0), "1\n"));
        let said = "line 2 is left out: it has NUL bytes\n";
        assert_eq!(err, format!("pfsum: {}: {said}", log.display()), "{length}");
    }
    // And one that leaves a hole little room, which is not looked through for each byte of it.
    let (hole, without_end) = (vec![0; 9], vec![b'x'; 2 << 20]);
    let (filled, beyond) = (vec![b'x'; (1 << 20) - 9], vec![0; 10 << 20]);
    for long in [[hole, without_end], [filled, beyond]] {
        let after = [&line("4AAAAA0002")[..], &line("4AAAAA0003")].concat();
        put(&[&line("4AAAAA0001")[..], &long.concat(), &after].concat());
        let run = folder.pfsum().args(["count", "still-queued"]).arg(&log).output().unwrap();
        let said = format!("pfsum: {}: 1 line left out: longer than 1 MiB\n", log.display());
        assert_eq!(texts(&run), (Some(0), "2\n".to_owned(), said));
    }
}

#[test]
fn a_log_on_standard_input_or_by_another_name_is_not_overwritten() {
    let folder = Folder::new("kept");
    let (log, link) = (folder.0.join("mail.log"), folder.0.join("link.log"));
    fs::copy(LOG, &log).unwrap();
    fs::hard_link(&log, &link).unwrap();
    for option in ["--unprocd-file", "--output"] {
        for (words, stdin) in [(["-"], &log), ([link.to_str().unwrap()], &folder.0)] {
            let mut command = folder.pfsum();
            command.arg(option).arg(&log).args(words).stdin(File::open(stdin).unwrap());
            let (status, out, err) = texts(&command.output().unwrap());
            assert!(err.contains("it is a log that is read, and would be overwritten"), "{err}");
            assert_eq!((status, out.as_str()), (Some(2), ""));
            assert_eq!(fs::read(&log).unwrap(), fs::read(LOG).unwrap());
        }
    }
}
