//! Opening what is no ordinary file: pipes, devices, directories.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::error::Error;

/// What a path gives: its bytes, and how many there are when that is known.
type Opened = (Box<dyn Read + Send>, Option<u64>);

/// Opens a path for reading.
///
/// # Errors
///
/// When it cannot be opened, or could never end or begin to give lines: a
/// directory, a device, a named pipe that nobody writes to.
pub(super) fn open(path: &Path) -> Result<Opened, Error> {
    let failed = |cause| Error::Open { path: path.to_owned(), cause };
    let refused = |said: &str| Error::NotALog { path: path.to_owned(), said: said.to_owned() };
    let kind = std::fs::metadata(path).map_err(failed)?;
    if kind.is_dir() {
        return Err(refused("is a directory"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        let file_type = kind.file_type();
        if file_type.is_char_device() && kind.rdev() == NULL_DEVICE {
            return Ok((Box::new(io::empty()), None));
        }
        if file_type.is_block_device() || (file_type.is_char_device() && !is_terminal(path)) {
            return Err(refused("is a device, not a log"));
        }
        // A pipe handed over as /dev/fd/63 has no name in the file system, and
        // opening it does not wait.
        if file_type.is_fifo() && std::fs::canonicalize(path).is_ok() {
            let pipe = NamedPipe::open(path).map_err(failed)?;
            return Ok((Box::new(pipe), None));
        }
    }
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    // Files of /proc claim to be empty.
    let size = (metadata.is_file() && metadata.len() > 0).then_some(metadata.len());
    Ok((Box::new(file), size))
}

/// Major 1, minor 3 on Linux: `/dev/null`, which is an empty log.
#[cfg(unix)]
const NULL_DEVICE: u64 = 0x103;

/// `/dev/stdin` and its kin on a terminal: the user means to type.
#[cfg(unix)]
fn is_terminal(path: &Path) -> bool {
    use std::io::IsTerminal as _;
    File::open(path).is_ok_and(|file| file.is_terminal())
}

/// How long a named pipe may wait for its writer: a nightly report must not
/// hang on one that was forgotten.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before looking again.
#[cfg(unix)]
const PAUSE: Duration = Duration::from_millis(1);

/// A named pipe that gives up when nobody writes.
///
/// Opening one in the ordinary way waits for a writer, for ever.
#[cfg(unix)]
struct NamedPipe {
    file: File,
    /// Somebody has written, or at least opened the other end.
    begun: bool,
}

#[cfg(unix)]
impl NamedPipe {
    fn open(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let file = File::options().read(true).custom_flags(O_NONBLOCK).open(path)?;
        Ok(Self { file, begun: false })
    }
}

#[cfg(all(unix, target_os = "linux"))]
const O_NONBLOCK: i32 = 0o4000;
#[cfg(all(unix, not(target_os = "linux")))]
const O_NONBLOCK: i32 = 0x4;

#[cfg(unix)]
impl Read for NamedPipe {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let mut waited = Duration::ZERO;
        loop {
            match self.file.read(output) {
                Ok(0) if !self.begun && !output.is_empty() => {
                    if waited >= PATIENCE {
                        return Err(io::Error::new(
                            io::ErrorKind::TimedOut,
                            "is a pipe that nobody writes to",
                        ));
                    }
                    waited += PAUSE;
                }
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => self.begun = true,
                result => {
                    self.begun = true;
                    return result;
                }
            }
            std::thread::sleep(PAUSE);
        }
    }
}
