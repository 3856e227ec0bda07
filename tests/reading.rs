//! The program over logs as a mail host has them: however they lie, the report
//! is the same, and what is wrong is said.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "reading/clocks.rs"]
mod clocks;
#[path = "reading/faults.rs"]
mod faults;
#[path = "reading/lay.rs"]
mod lay;
#[path = "reading/periods.rs"]
mod periods;
#[path = "reading/places.rs"]
mod places;
#[path = "reading/refused.rs"]
mod refused;
#[path = "reading/rotation.rs"]
mod rotation;
#[path = "reading/sets.rs"]
mod sets;
#[allow(dead_code)]
#[path = "input/support.rs"]
mod support;
#[path = "reading/tool.rs"]
mod tool;
