//! What is missing of a report: lines that nobody understood, if they are many.

use std::fmt;

/// So many lines that nobody understood that the totals cannot be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// How many.
    pub lines: u64,
    /// Of how many.
    pub of: u64,
    /// Whether they are lines of Postfix, or begin like none of any program.
    pub are_of_postfix: bool,
}

impl Missed {
    /// So few lines that do not begin like one of syslog are what a crash leaves, not a form.
    const LEAST: u64 = 10;

    /// Of lines of any program, more than one in four that does not begin like one, because something
    /// stands in front of it: where another program writes beside syslog, it is up to one in five. Or
    /// of those of Postfix, more than one in fifty: a new release changes a line or two, whose numbers
    /// are small.
    pub(crate) fn of(unreadable: [u64; 2], not_understood: [u64; 2]) -> Option<Missed> {
        let [missed, all] = unreadable;
        let of_any = Missed { lines: missed, of: all, are_of_postfix: false };
        let [missed, all] = not_understood;
        let of_postfix = Missed { lines: missed, of: all, are_of_postfix: true };
        if of_any.lines >= Missed::LEAST && of_any.lines * 4 > of_any.of {
            return Some(of_any);
        }
        (of_postfix.lines * 50 > of_postfix.of).then_some(of_postfix)
    }
}

impl fmt::Display for Missed {
    /// `4 of 160 lines of Postfix were not understood`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Missed { lines, of, are_of_postfix } = self;
        if *are_of_postfix {
            write!(f, "{lines} of {of} lines of Postfix were not understood")
        } else {
            write!(f, "{lines} of {of} lines do not begin like a syslog line")
        }
    }
}
