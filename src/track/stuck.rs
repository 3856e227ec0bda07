//! Recipients that were put off, each with its attempts.

use crate::names::{Address, Relay};
use crate::syslog::Moment;

/// A recipient that was put off.
#[derive(Clone, Debug)]
pub struct Stuck {
    /// Who.
    pub recipient: Address,
    /// The relay of the last attempt.
    pub relay: Relay,
    /// How many attempts were put off.
    pub attempts: u32,
    /// When the first one was.
    pub first: Moment,
    /// When the last one was.
    pub last: Moment,
    /// Why the first one was; raw text.
    pub first_reason: Box<[u8]>,
    /// Why the last one was; raw text.
    pub reason: Vec<u8>,
    /// Whether the recipient is done with by now.
    pub done: bool,
}
