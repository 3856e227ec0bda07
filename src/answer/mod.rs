//! Answers: what is asked more often than reports are read. How many, which messages, what
//! became of this one, and why is it stuck.
//!
//! An answer is made from the same facts as the report, by listeners beside the tallies;
//! nothing here reads a line of its own.

pub mod breakdown;
pub mod count;
pub mod filter;
pub mod key;
pub mod measure;
pub mod pattern;
pub mod question;
pub mod trace;

mod cause;
mod gather;
mod group;
mod judge;
mod keep;

pub use breakdown::Breakdown;
pub use filter::Filters;
pub use gather::Gather;
pub use key::Key;
pub use measure::Measure;
pub use question::Question;
