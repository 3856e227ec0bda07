//! What comes out of files, pipes and journals, whatever they were put in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "input/bytes.rs"]
mod bytes;
#[path = "input/forms.rs"]
mod forms;
#[path = "input/journalctl.rs"]
mod journalctl;
#[path = "input/sets.rs"]
mod sets;
#[path = "input/support.rs"]
mod support;
