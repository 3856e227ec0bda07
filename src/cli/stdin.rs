//! Standard input: whether there is something on it.

use std::fs::{File, Metadata};
use std::io::{self, Cursor, IsTerminal, Read};
use std::path::Path;
use std::time::SystemTime;

use pfsum::Error;
use pfsum::input::STDIN;

/// How much is read to see whether there is anything.
const PEEK: usize = 4096;

/// Something to read on standard input.
pub(crate) struct Stdin {
    /// Its bytes.
    pub(crate) stream: Box<dyn Read + Send>,
    /// What is known of it, if it is a file.
    pub(crate) file: Option<Metadata>,
}

impl Stdin {
    /// Takes what is there because nothing else was named; `None` where no log
    /// can be: a terminal, a device, a pipe or a file that is empty, as cron
    /// and systemd give it.
    ///
    /// An empty pipe is known only when its writer has closed it.
    pub(crate) fn if_any() -> Option<Self> {
        let (mut file, kind) = opened()?;
        if kind == Kind::Terminal || kind == Kind::Device {
            return None;
        }
        let known = file.metadata().ok().filter(|_| kind == Kind::File);
        let mut peek = vec![0; PEEK];
        let stream: Box<dyn Read + Send> = match file.read(&mut peek) {
            Ok(0) => return None,
            Ok(n) => {
                peek.truncate(n);
                Box::new(Cursor::new(peek).chain(file))
            }
            // What is wrong is said when it is read.
            Err(_) => Box::new(file),
        };
        Some(Self { stream, file: known })
    }

    /// When it was written, if it is a file.
    pub(crate) fn written(&self) -> Option<SystemTime> {
        self.file.as_ref().and_then(|file| file.modified().ok())
    }

    /// Takes what is there because `-` was named.
    ///
    /// # Errors
    ///
    /// When it is a terminal, which nobody shall wait for, or a device.
    pub(crate) fn named() -> Result<Self, Error> {
        let refused = |said: &str| Error::NotALog { path: STDIN.into(), said: said.to_owned() };
        let Some((file, kind)) = opened() else { return Err(refused("is closed")) };
        match kind {
            Kind::Terminal => Err(refused("is a terminal; name a LOG, or pipe one in")),
            Kind::Device => Ok(Self { stream: Box::new(io::empty()), file: None }),
            Kind::Stream => Ok(Self { stream: Box::new(file), file: None }),
            Kind::File => {
                let known = file.metadata().ok();
                Ok(Self { stream: Box::new(file), file: known })
            }
        }
    }
}

/// What standard input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Terminal,
    /// `/dev/null`, or something else that is no log.
    Device,
    /// A pipe or a socket.
    Stream,
    File,
}

#[cfg(unix)]
fn opened() -> Option<(File, Kind)> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let stdin = io::stdin();
    let file = File::from(stdin.as_fd().try_clone_to_owned().ok()?);
    let kind = file.metadata().ok()?.file_type();
    let kind = if stdin.is_terminal() {
        Kind::Terminal
    } else if kind.is_char_device() || kind.is_block_device() {
        Kind::Device
    } else if kind.is_file() {
        Kind::File
    } else {
        Kind::Stream
    };
    Some((file, kind))
}

#[cfg(not(unix))]
fn opened() -> Option<(File, Kind)> {
    None
}

/// Whether a path of the command line means standard input.
pub(crate) fn is_meant_by(path: &Path) -> bool {
    path == "-"
}
