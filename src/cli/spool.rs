//! Standard input that can be read again: a trace reads the logs more than once.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use pfsum::error::shown;
use pfsum::input::STDIN;

use super::plan::{Inputs, Plan};
use super::stdin::{Stdin, is_meant_by};

/// What is on standard input, in a file.
pub(crate) struct Spool {
    file: Arc<File>,
    /// What is known of standard input, if it is a file.
    known: Option<Metadata>,
}

impl Spool {
    /// What is on standard input, if the plan means that. It is copied to a file that nobody else
    /// can read and that has no name, so that it goes with the run, however that ends.
    ///
    /// # Errors
    ///
    /// When it is a terminal, or cannot be copied.
    pub(crate) fn of(plan: &Plan) -> Result<Option<Spool>> {
        let stdin = match &plan.inputs {
            Inputs::Usual => Stdin::if_any(),
            Inputs::Named(paths) if paths.iter().any(|path| is_meant_by(path)) => {
                Some(Stdin::named()?)
            }
            Inputs::Named(_) | Inputs::Journal => None,
        };
        let Some(Stdin { mut stream, file: known }) = stdin else { return Ok(None) };
        let path = std::env::temp_dir().join(format!("pfsum-{}.log", std::process::id()));
        let place = || format!("{STDIN}, copied to {}", shown(&path));
        let mut file = create(&path).with_context(place)?;
        io::copy(&mut stream, &mut file).with_context(place)?;
        Ok(Some(Spool { file: Arc::new(file), known }))
    }

    /// It once more, from its beginning.
    pub(crate) fn stdin(&self) -> Stdin {
        let stream = FromStart { file: Arc::clone(&self.file), at: 0 };
        Stdin { stream: Box::new(stream), file: self.known.clone() }
    }
}

/// A file that nobody else can read, and that loses its name at once.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    fs::remove_file(path)?;
    Ok(file)
}

/// A file from its start, wherever others stand in it.
struct FromStart {
    file: Arc<File>,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = read_at(&self.file, buffer, self.at)?;
        self.at += bytes as u64;
        Ok(bytes)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Elsewhere nothing is taken from standard input.
#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}
