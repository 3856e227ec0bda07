//! Summarizes Postfix logs: what came in, what went out, what is stuck and why.

use std::env;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    match cli::run(env::args_os()) {
        Ok(status) => ExitCode::from(status as u8),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            cli::say_why(&error);
            ExitCode::from(2)
        }
    }
}

/// Tells whether the reader of our output went away, as `head` does when it has
/// seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| match cause.downcast_ref() {
            Some(pfsum::Error::Write(cause)) => Some(cause),
            _ => cause.downcast_ref::<io::Error>(),
        })
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
