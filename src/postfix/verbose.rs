//! What daemons say when they are told to say everything (`-v` in master.cf): nothing that
//! moves a number.
//!
//! ```text
//! cleanup_header_callback: 'Subject: x'
//! send attr flags = 0
//! < localhost[127.0.0.1]: EHLO a.example.net
//! process generation: 10 (10)
//! ```

/// What such lines begin with, if it is not the name of a function: lines of the dialog, and
/// words that only stand there.
const STARTS: [&[u8]; 39] = [
    b"< ",
    b"> ",
    b">>> ",
    b"<<< ",
    b"send attr ",
    b"input attribute ",
    b"initial envelope ",
    b"extracted envelope ",
    b"connect to subsystem ",
    b"connection closed",
    b"connection established",
    b"process generation: ",
    b"idle timeout -- exiting",
    b"open incoming/",
    b"open active/",
    b"cleanup flags = ",
    b"mynetworks: ",
    b"private/",
    b"public/",
    b"start ",
    b"done ",
    b"end ",
    b"request: ",
    b"request ignored",
    b"wakeup ",
    b"rewrite stream ",
    b"proxymap stream ",
    b"Compiled against ",
    b"Run-time linked against ",
    b"fsspace: ",
    b"before input_transp_cleanup: ",
    b"after input_transp_cleanup: ",
    b"recipient limit ",
    b"master disconnect -- exiting",
    b"host name lookup methods: ",
    b"connecting to ",
    b"lookup ",
    b"begin ",
    b"pref ",
];

/// Whether a line without a queue ID is of that kind.
pub(super) fn is_verbose(text: &[u8]) -> bool {
    STARTS.iter().any(|start| text.starts_with(start))
        || names_function(text)
        || speaks_of_socket(text)
}

/// `mail_flow_get: 1 1`: a name of the C source, which has an underscore.
fn names_function(text: &[u8]) -> bool {
    let end =
        text.iter().position(|b| !(b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_'));
    let Some(word) = end.and_then(|end| text.get(..end)) else { return false };
    let rest = text.get(word.len()..).unwrap_or_default();
    word.contains(&b'_') && word.len() > 4 && matches!(rest.first(), Some(b':' | b' ' | b'('))
        || (rest.starts_with(b": ") && matches!(word, b"watchdog" | b"dsn" | b"resolve"))
}

/// `private/smtp socket: wanted attribute: status`.
fn speaks_of_socket(text: &[u8]) -> bool {
    memchr::memmem::find(text, b" socket: wanted attribute: ").is_some()
}
