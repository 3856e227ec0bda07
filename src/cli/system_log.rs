//! The log of this system, for who names none.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pfsum::input::{Candidate, Journal, system_log};

/// Where syslog daemons write the mail log.
const USUAL: [&str; 2] = ["/var/log/mail.log", "/var/log/maillog"];

/// Where programs of Postfix are, beside `PATH`: cron's has no `sbin`.
const SBIN: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// Gives the first place that has a log: where Postfix itself writes it, where
/// syslog does, the journal.
pub(crate) fn find(journal: &Journal) -> Option<Candidate> {
    let own = maillog_file().map(Candidate::File);
    let usual = USUAL.map(|path| Candidate::File(path.into()));
    let journal = Candidate::Journal(journal.clone());
    let candidates: Vec<Candidate> = own.into_iter().chain(usual).chain([journal]).collect();
    system_log(&candidates).cloned()
}

/// `maillog_file` of postconf(5), which is empty where Postfix logs to syslog.
fn maillog_file() -> Option<PathBuf> {
    let path = PathBuf::from(setting("maillog_file")?);
    path.is_absolute().then_some(path)
}

/// What postconf(1) says of a parameter.
pub(super) fn setting(name: &str) -> Option<String> {
    let mut command = Command::new(program("postconf")?);
    command.args(["-h", name]).stdin(Stdio::null()).stderr(Stdio::null());
    let said = command.output().ok().filter(|output| output.status.success())?.stdout;
    String::from_utf8(said.trim_ascii().to_vec()).ok()
}

/// Where a program of Postfix is.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(SBIN.iter().map(|folder| Path::new(folder).into()));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
