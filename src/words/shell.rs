//! Words of a command line, as a POSIX shell takes them.

/// A word that a shell reads as it is: quoted unless it is harmless.
///
/// ```
/// # use pfsum::words::shell::quoted;
/// assert_eq!(quoted("/var/log/mail.log"), "/var/log/mail.log");
/// assert_eq!(quoted("my log"), "'my log'");
/// assert_eq!(quoted("@$(id).example"), "'@$(id).example'");
/// assert_eq!(quoted("it's"), r"'it'\''s'");
/// ```
#[must_use]
pub fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
