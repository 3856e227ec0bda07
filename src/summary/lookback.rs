//! The lines before: what `last message repeated` means.

use crate::syslog::{self, Line, Record};

/// How far back the repeated line may lie, in bytes. It is a distance in the
/// log and not a number of blocks, so that the answer does not depend on how
/// the log was cut.
const REACH: usize = 64 * 1024;

/// The end of what was read before the current block.
#[derive(Debug, Default)]
pub(super) struct Lookback {
    before: Vec<u8>,
}

impl Lookback {
    /// The last record of the host before the place `at` in the block.
    ///
    /// Loggers repeat a message for the host that sent it; lines of other hosts
    /// may stand between. Looking is dear, but only few lines ask.
    pub(super) fn last_of<'b>(
        &'b self,
        host: &[u8],
        block: &'b [u8],
        at: usize,
    ) -> Option<Record<'b>> {
        let here = block.get(at.saturating_sub(REACH)..at)?;
        let rest = REACH.saturating_sub(at).min(self.before.len());
        let before = self.before.get(self.before.len() - rest..)?;
        [here, before].into_iter().find_map(|piece| last_in(piece, host))
    }

    /// Takes over a block that is done.
    pub(super) fn keep(&mut self, block: &[u8]) {
        let fresh = block.get(block.len().saturating_sub(REACH)..).unwrap_or_default();
        let surplus = (self.before.len() + fresh.len()).saturating_sub(REACH);
        self.before.drain(..surplus.min(self.before.len()));
        self.before.extend_from_slice(fresh);
        if !self.before.ends_with(b"\n") {
            self.before.push(b'\n');
        }
    }
}

fn last_in<'b>(piece: &'b [u8], host: &[u8]) -> Option<Record<'b>> {
    piece.rsplit(|&b| b == b'\n').find_map(|line| match syslog::parse(line) {
        Some(Line::Record(record)) if record.host == host => Some(record),
        _ => None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LOG: &[u8] = b"Nov 22 03:14:07 mx1 postfix/smtpd[1]: connect from a.example[192.0.2.1]\n\
        Nov 22 03:14:08 mx2 postfix/smtpd[2]: connect from b.example[192.0.2.2]\n\
        Nov 22 03:14:09 mx1 last message repeated 2 times\n";

    #[test]
    fn the_line_of_the_same_host_is_meant_wherever_the_log_was_cut() {
        let at = LOG.len();
        for cut in LOG.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1) {
            let (before, block) = LOG.split_at(cut);
            let mut lookback = Lookback::default();
            lookback.keep(before);
            let record = lookback.last_of(b"mx1", block, at - cut).unwrap();
            assert_eq!(record.text, b"connect from a.example[192.0.2.1]", "{cut}");
            assert!(lookback.last_of(b"mx3", block, at - cut).is_none());
        }
    }

    #[test]
    fn what_is_kept_stays_small() {
        let mut lookback = Lookback::default();
        for _ in 0..3000 {
            lookback.keep(LOG);
        }
        assert!(lookback.before.len() <= REACH + 1);
        assert!(lookback.last_of(b"mx2", b"", 0).is_some());
    }
}
