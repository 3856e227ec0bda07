//! The system's own log, when the user named none.

use std::path::PathBuf;

use super::journalctl::Journal;
use super::rotation;

/// A place where the system may keep its mail log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// A file, or what rotation left of it.
    File(PathBuf),
    /// The journal.
    Journal(Journal),
}

impl Candidate {
    /// Whether there is a log in this place. That it may be read is another
    /// question: a log without permission is reported, not passed over.
    #[must_use]
    pub fn exists(&self) -> bool {
        match self {
            // Postfix in a container has `maillog_file = /dev/stdout`.
            Self::File(path) => {
                path.is_file() || rotation::siblings(path).is_ok_and(|found| !found.is_empty())
            }
            Self::Journal(journal) => journal.is_installed(),
        }
    }
}

/// The first place that has a log.
#[must_use]
pub fn system_log(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates.iter().find(|candidate| candidate.exists())
}
