//! Summarizes Postfix logs: what came in, what went out, what is stuck and why.

pub mod config;
pub mod error;
pub mod input;
pub mod names;
pub mod period;
pub mod postfix;
pub mod syslog;
pub mod words;
pub mod zone;

pub use config::Config;
pub use error::Error;
pub use period::Period;
pub use zone::Zone;
pub mod track;
pub mod summary;
pub mod tally;
