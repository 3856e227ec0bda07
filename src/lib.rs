//! Summarizes Postfix logs: what came in, what went out, what is stuck and why.

pub mod words;
