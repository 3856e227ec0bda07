//! Summarizes Postfix logs: what came in, what went out, what is stuck and why.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod error;
pub mod input;

pub use error::Error;
