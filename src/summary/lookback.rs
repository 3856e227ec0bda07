//! The lines before: what `last message repeated` means.

use crate::input::Block;
use crate::syslog::{self, Line, Record};

/// How far back the repeated line may lie, in bytes. It is a distance in the
/// log and not a number of blocks, so that the answer does not depend on how
/// the log was cut.
const REACH: usize = 64 * 1024;

/// The end of what was read before the current block.
#[derive(Debug, Default)]
pub(super) struct Lookback {
    /// The last block. It is kept whole, because copying its end took 2 % of all instructions.
    last: Block,
    /// What came before it, if it alone does not reach back far enough.
    before: Vec<u8>,
}

impl Lookback {
    /// The last record of the host in front of a line, before which this stands in its block.
    ///
    /// Loggers repeat a message for the host that sent it; lines of other hosts
    /// may stand between. Looking is dear, but only few lines ask.
    pub(super) fn last_of<'b>(&'b self, host: &[u8], before: &'b [u8]) -> Option<Record<'b>> {
        let mut reach = REACH;
        [before, self.last.as_bytes(), &self.before].into_iter().find_map(|piece| {
            let end = end_of(piece, reach);
            reach -= end.len();
            last_in(end, host)
        })
    }

    /// Takes over a block that is done, and gives an older one for it.
    pub(super) fn keep(&mut self, block: &mut Block) {
        std::mem::swap(&mut self.last, block);
        if self.last.as_bytes().len() >= REACH {
            self.before.clear();
            return;
        }
        let older = end_of(block.as_bytes(), REACH);
        let surplus = (self.before.len() + older.len()).saturating_sub(REACH);
        self.before.drain(..surplus.min(self.before.len()));
        self.before.extend_from_slice(older);
        if !self.before.ends_with(b"\n") {
            self.before.push(b'\n');
        }
    }
}

/// What stands in front of a line in its block.
pub(super) fn before<'b>(line: &[u8], block: &'b [u8]) -> &'b [u8] {
    let at = line.as_ptr().addr().wrapping_sub(block.as_ptr().addr());
    block.get(..at).unwrap_or_default()
}

/// The last bytes of a piece.
fn end_of(piece: &[u8], reach: usize) -> &[u8] {
    piece.get(piece.len().saturating_sub(reach)..).unwrap_or_default()
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
    use crate::input::Blocks;

    fn block(bytes: &[u8]) -> Block {
        let mut block = Block::new();
        Blocks::new(bytes).fill(&mut block).unwrap();
        block
    }

    const LOG: &[u8] = b"Nov 22 03:14:07 mx1 postfix/smtpd[1]: connect from a.example[192.0.2.1]\n\
        Nov 22 03:14:08 mx2 postfix/smtpd[2]: connect from b.example[192.0.2.2]\n\
        Nov 22 03:14:09 mx1 last message repeated 2 times\n";

    #[test]
    fn the_line_of_the_same_host_is_meant_wherever_the_log_was_cut() {
        let at = LOG.len();
        for cut in LOG.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1) {
            let (before, block) = LOG.split_at(cut);
            let mut lookback = Lookback::default();
            lookback.keep(&mut self::block(before));
            let block = block.get(..at - cut).unwrap();
            let record = lookback.last_of(b"mx1", block).unwrap();
            assert_eq!(record.text, b"connect from a.example[192.0.2.1]", "{cut}");
            assert!(lookback.last_of(b"mx3", block).is_none());
        }
    }

    #[test]
    fn what_is_kept_stays_small() {
        let mut lookback = Lookback::default();
        for _ in 0..3000 {
            lookback.keep(&mut block(LOG));
        }
        assert!(lookback.before.len() <= REACH + 1);
        assert!(lookback.last_of(b"mx2", b"").is_some());
    }
}
