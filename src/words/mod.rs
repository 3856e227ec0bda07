//! Turns log text into the short phrases, hosts and domains of the report.
//!
//! Everything here is a pure function of bytes. Log text is chosen by
//! strangers, so no function panics on any input; text comes back as a borrowed
//! slice or goes into a buffer of the caller's, which is cleared first, so that
//! a line costs no allocation.

pub mod address;
pub mod blocklist;
pub mod cause;
pub mod clean;
pub mod csv;
mod cut;
pub mod deferral;
pub mod domain;
pub mod host;
pub mod network;
pub mod order;
pub mod pseudonym;
pub mod reject;
pub mod reply;
pub mod scale;
pub mod serial;
pub mod shell;
pub mod warning;
