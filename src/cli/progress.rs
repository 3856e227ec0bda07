//! How far the reading is, on a terminal, when it takes a while.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Nothing is shown before this: most runs are over by then.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often it is shown anew.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the line may be: one that wraps could not be erased.
const WIDTH: usize = 78;

/// A line on standard error that says how far the reading is.
///
/// It is erased before anything else is said, and when it is dropped.
pub(crate) struct Progress {
    is_wanted: bool,
    started: Instant,
    next: Instant,
    /// How many columns stand on the terminal.
    shown: usize,
    /// Bytes of all sources together, if all of them have a size.
    total: Option<u64>,
    /// Bytes of the sources that are done.
    done: u64,
}

impl Progress {
    /// Begins; nothing is ever shown if standard error is no terminal.
    pub(crate) fn new(quiet: bool, total: Option<u64>) -> Self {
        let plain = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_wanted = !quiet && !dumb && !plain("NO_COLOR") && io::stderr().is_terminal();
        let started = Instant::now();
        Self { is_wanted, started, next: started + PATIENCE, shown: 0, total, done: 0 }
    }

    /// Shows how far it is, if it is time to: bytes of this source as stored,
    /// lines of all.
    pub(crate) fn tick(&mut self, name: &str, consumed: u64, lines: u64) {
        if !self.is_wanted {
            return;
        }
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + PAUSE;
        let seconds = now.duration_since(self.started).as_secs_f64();
        let text = line(name, self.done + consumed, self.total, lines, seconds);
        let columns = text.chars().count();
        let rest = self.shown.saturating_sub(columns);
        self.show(&format!("\r{text}{:rest$}", ""));
        self.shown = columns;
    }

    /// Counts a source that is done.
    pub(crate) fn passed(&mut self, consumed: u64) {
        self.done += consumed;
    }

    /// Takes the line away.
    pub(crate) fn erase(&mut self) {
        if self.shown > 0 {
            self.show(&format!("\r{:1$}\r", "", self.shown));
            self.shown = 0;
        }
    }

    fn show(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.erase();
    }
}

/// `mail.log.2.gz  312 MB of 1248 MB  25 %  5.1 M lines/s`
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn line(name: &str, bytes: u64, total: Option<u64>, lines: u64, seconds: f64) -> String {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let mut numbers = format!("{} MB", megabytes(bytes));
    if let Some(total) = total.filter(|total| *total > 0) {
        let share = bytes.min(total).saturating_mul(100) / total;
        numbers += &format!(" of {} MB  {share} %", megabytes(total));
    }
    let rate = lines as f64 / seconds.max(0.001) / 1e6;
    numbers += &format!("  {rate:.1} M lines/s");
    let room = WIDTH.saturating_sub(numbers.chars().count() + 2);
    // The end of a path tells more than its beginning.
    let surplus = name.chars().count().saturating_sub(room);
    let name: String = match surplus {
        0 => name.to_owned(),
        _ => name.chars().skip(surplus).collect(),
    };
    format!("{name}  {numbers}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_name_bytes_share_and_speed() {
        assert_eq!(
            line("mail.log.2.gz", 312_000_000, Some(1_248_000_000), 10_200_000, 2.0),
            "mail.log.2.gz  312 MB of 1248 MB  25 %  5.1 M lines/s"
        );
        assert_eq!(line("standard input", 1, None, 0, 0.0), "standard input  1 MB  0.0 M lines/s");
    }

    #[test]
    fn a_long_name_loses_its_beginning_and_never_wraps() {
        let name = format!("{}mail.log", "/folder".repeat(30));
        let line = line(&name, 5, Some(5), 5, 1.0);
        assert_eq!(line.chars().count(), WIDTH);
        assert!(line.contains("/foldermail.log  1 MB of 1 MB  100 %"), "{line}");
    }
}
