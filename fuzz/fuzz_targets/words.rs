//! The words of a command line, one a line: dates, filters, counts, conditions.
#![no_main]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Only what the words mean is asked for; nothing is read or written.
    let before = ["pfsum".into(), "--dump-config".into(), "--config=/dev/null".into()];
    let words = bytes.split(|&byte| byte == b'\n').map(|word| OsString::from_vec(word.to_vec()));
    pfsum_fuzz::command_line(before.into_iter().chain(words));
});
