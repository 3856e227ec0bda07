//! Summarizes Postfix logs: what came in, what went out, what is stuck and why.

pub mod answer;
pub mod config;
pub mod error;
pub mod input;
pub mod listing;
pub mod names;
mod near;
pub mod period;
pub mod postfix;
pub mod render;
pub mod report;
pub mod summary;
pub mod syslog;
pub mod tally;
pub mod track;
pub mod words;
pub mod zone;

pub use config::Config;
pub use error::Error;
pub use period::Period;
pub use summary::Summary;
pub use zone::Zone;
