//! Summarizes Postfix logs: what came in, what went out, what is stuck and why.

pub mod config;
pub mod period;
pub mod zone;

pub use config::Config;
pub use period::Period;
pub use zone::Zone;
