//! Where bytes come from: files, pipes and the journal, compressed or wrapped.
//!
//! Whatever a mail host has comes out as [`Block`]s of syslog lines:
//!
//! ```text
//! file │ stdin │ journalctl ─▶ Codec ─▶ Form ─▶ Blocks ─▶ Block
//!                              └── on a thread ahead ──┘
//! ```
//!
//! This room knows neither syslog nor Postfix. It sees the outline of a stamp
//! in order to strip wrappers, and asks its caller when it must know the time
//! of a line.

mod ahead;
mod archive;
mod block;
mod codec;
mod decode;
mod export;
mod form;
mod journal;
mod journalctl;
mod json;
mod overlap;
mod reader;
mod rewrite;
mod rotation;
mod select;
mod set;
mod shape;
mod source;
mod special;
mod system;
mod wrapper;

pub use archive::Archive;
pub use block::{BLOCK, Block, Blocks, Lines, MAX_LINE, Tail};
pub use codec::Codec;
pub use form::Form;
pub use journalctl::Journal;
pub use overlap::{HostOf, Shared};
pub use reader::Reader;
pub use select::{Choice, Verdict};
pub use set::{Named, Repeated, Sources, Stream};
pub use source::{STDIN, Source, StampOf};
pub use system::{Candidate, system_log};
