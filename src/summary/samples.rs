//! Lines that were not understood: some to look at, all of them for who wants
//! them.

use std::io::{self, Write};

/// How many lines are kept of each program.
const LINES: usize = 3;
/// Of how many programs.
const PROGRAMS: usize = 50;
/// How much of a line, in bytes; Postfix cuts its own near 2,000.
const LENGTH: usize = 2048;

/// Lines of one program that were not understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// The last part of the tag, `smtpd`; empty for lines without a syslog
    /// header.
    pub program: Vec<u8>,
    /// How many there are.
    pub count: u64,
    /// The first of them, as they stand in the log.
    pub lines: Vec<Vec<u8>>,
}

/// Lines that were not understood, by program.
#[derive(Default)]
pub(super) struct Samples {
    pub(super) list: Vec<Sample>,
    sink: Option<Box<dyn Write + Send>>,
    failure: Option<io::Error>,
}

impl Samples {
    /// Writes every line of them there, as well.
    pub(super) fn write_to(&mut self, sink: Box<dyn Write + Send>) {
        self.sink = Some(sink);
    }

    /// Takes a line of a program.
    pub(super) fn take(&mut self, program: &[u8], line: &[u8]) {
        if let Some(sink) = &mut self.sink
            && let Err(cause) = sink.write_all(line).and_then(|()| sink.write_all(b"\n"))
        {
            (self.sink, self.failure) = (None, Some(cause));
        }
        let known = self.list.iter().position(|sample| sample.program == program);
        if known.is_none() && self.list.len() < PROGRAMS {
            self.list.push(Sample { program: program.to_vec(), ..Sample::default() });
        }
        let at = known.unwrap_or(self.list.len().saturating_sub(1));
        if let Some(sample) = self.list.get_mut(at).filter(|sample| sample.program == program) {
            sample.count += 1;
            if sample.lines.len() < LINES {
                sample.lines.push(line.get(..LENGTH).unwrap_or(line).to_vec());
            }
        }
    }

    /// Sees that all was written.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.sink.take().map_or(Ok(()), |mut sink| sink.flush())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_lines_of_each_program_are_kept_and_all_are_counted() {
        let mut samples = Samples::default();
        for line in [&b"a"[..], b"b", b"c", b"d"] {
            samples.take(b"smtpd", line);
            samples.take(b"qmgr", line);
        }
        let kept: Vec<(u64, usize)> =
            samples.list.iter().map(|s| (s.count, s.lines.len())).collect();
        assert_eq!(kept, [(4, 3), (4, 3)]);
    }

    #[test]
    fn many_programs_and_long_lines_cost_a_bounded_place() {
        let mut samples = Samples::default();
        for program in 0..1000_u32 {
            samples.take(&program.to_be_bytes(), &[b'x'; 100_000]);
        }
        assert_eq!(samples.list.len(), PROGRAMS);
        assert!(
            samples.list.iter().all(|s| s.count == 1 && s.lines.iter().all(|l| l.len() == LENGTH))
        );
    }

    #[test]
    fn a_sink_that_fails_is_told_once_at_the_end() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut samples = Samples::default();
        samples.write_to(Box::new(Full));
        samples.take(b"smtpd", b"a");
        samples.take(b"smtpd", b"b");
        assert!(samples.finish().is_err() && samples.finish().is_ok());
    }
}
