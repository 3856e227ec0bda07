//! Programs of the system that tests drive.

use std::io::Write as _;
use std::path::PathBuf;

/// A program of the system that a test needs, perhaps named by a variable such
/// as `LOGROTATE`. Without it the test says aloud that it is skipped, and where
/// `.ci/run` has seen to the programs it fails.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os(name.to_uppercase()).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let folders = std::env::split_paths(&path).chain(sbin).map(|folder| folder.join(name));
    let found = named.into_iter().chain(folders).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("PFSUM_TEST_TOOLS").is_none(), "{name} is not installed");
        // The harness keeps what is printed; this goes past it.
        let said = format!("\nSKIPPED a test: {name} is not installed\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    found
}
