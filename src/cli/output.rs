//! Where the report goes: standard output, or a file that appears whole.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use pfsum::error::{said, shown};

/// A place the report is written to.
///
/// A file is written beside its name and takes it at the end, so that a reader
/// never sees half a report, and a failed run leaves the last one alone.
pub(crate) struct Output {
    writer: BufWriter<Box<dyn Write>>,
    staged: Option<Staged>,
    /// What it is called when writing fails, as on a full disk.
    name: String,
}

/// A file that has not its name yet; it is removed unless it gets it.
struct Staged {
    temporary: PathBuf,
    target: PathBuf,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After the renaming there is nothing left to remove.
        let _ = fs::remove_file(&self.temporary);
    }
}

impl Output {
    /// Opens the file, or standard output when there is none or it is `-`.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        match path {
            Some(path) if path != "-" => Self::file(path).with_context(|| shown(path)),
            _ => Ok(Self::to(Box::new(io::stdout()), None, "standard output".to_owned())),
        }
    }

    fn to(writer: Box<dyn Write>, staged: Option<Staged>, name: String) -> Self {
        Self { writer: BufWriter::with_capacity(1 << 16, writer), staged, name }
    }

    /// Says of which output a failure is; its kind stays, by which a closed pipe is known.
    fn named(&self, cause: &io::Error) -> io::Error {
        io::Error::new(cause.kind(), format!("{}: {}", self.name, said(cause)))
    }

    fn file(path: &Path) -> io::Result<Self> {
        // Behind a symbolic link the file is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let present = fs::metadata(&target).ok();
        if present.as_ref().is_some_and(|present| !present.is_file()) {
            // A device or a pipe cannot be replaced.
            let file = OpenOptions::new().write(true).open(&target)?;
            return Ok(Self::to(Box::new(file), None, shown(path)));
        }
        let mut name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        clear_up(&target, &name);
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = target.with_file_name(name);
        let file = File::create_new(&temporary)?;
        let staged = Staged { temporary, target };
        if let Some(present) = present {
            file.set_permissions(present.permissions())?;
        }
        Ok(Self::to(Box::new(file), Some(staged), shown(path)))
    }

    /// Gives the file its name; without this call nothing is replaced.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.flush()?;
        if let Some(staged) = self.staged.take() {
            fs::rename(&staged.temporary, &staged.target).with_context(|| shown(&staged.target))?;
        }
        Ok(())
    }
}

/// For so long no run writes: a file that still has not its name was left by one that was
/// killed.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// Removes what runs that were killed have left beside a file. A signal leaves no time for it.
fn clear_up(target: &Path, name: &OsStr) {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new(".")));
    for entry in entries.into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|data| data.modified()).map(|at| at.elapsed());
        let is_old = matches!(age, Ok(Ok(age)) if age > FORGOTTEN);
        if is_old && is_staged(&entry.file_name(), name) {
            // What does not go harms nobody.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a file is called as one that is to be called `name`: `NAME.PID.tmp`.
fn is_staged(file: &OsStr, name: &OsStr) -> bool {
    let behind = file.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
    let pid = behind.and_then(|rest| rest.strip_prefix(b".")?.strip_suffix(b".tmp"));
    pid.is_some_and(|pid| !pid.is_empty() && pid.iter().all(u8::is_ascii_digit))
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes).map_err(|cause| self.named(&cause))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush().map_err(|cause| self.named(&cause))
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("pfsum-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_file_is_replaced_whole_and_only_at_the_end() {
        let folder = folder("replace");
        let path = folder.join("report");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let mut abandoned = Output::open(Some(&path)).unwrap();
        abandoned.write_all(b"half").unwrap();
        drop(abandoned);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let mut output = Output::open(Some(&path)).unwrap();
        output.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        output.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_a_killed_run_left_goes_with_the_next() {
        let folder = folder("left");
        let long_ago = std::time::SystemTime::now() - FORGOTTEN * 2;
        let names = ["report.71.tmp", "report.tmp", "report.7x.tmp", "other.71.tmp"];
        for name in names {
            File::create(folder.join(name)).unwrap().set_modified(long_ago).unwrap();
        }
        // One that another run may still be writing.
        File::create(folder.join("report.72.tmp")).unwrap();
        Output::open(Some(&folder.join("report"))).unwrap().finish().unwrap();
        let mut left: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(
            left,
            ["other.71.tmp", "report", "report.72.tmp", "report.7x.tmp", "report.tmp"]
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = folder("link");
        fs::write(folder.join("real"), "old").unwrap();
        symlink("real", folder.join("link")).unwrap();
        let mut output = Output::open(Some(&folder.join("link"))).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert_eq!(fs::read(folder.join("real")).unwrap(), b"new");
        assert!(fs::symlink_metadata(folder.join("link")).unwrap().is_symlink());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let mut output = Output::open(Some(Path::new("/dev/null"))).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let said = Output::open(Some(Path::new("/nonexistent/report"))).err().unwrap();
        assert!(format!("{said:#}").starts_with("/nonexistent/report: "), "{said:#}");
    }
}
