//! What `--date-range` means.
#![no_main]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let words = ["pfsum", "--dump-config", "--config=/dev/null", "--now=2026-11-23T12:00", "-d"];
    let words = words.into_iter().map(OsString::from);
    pfsum_fuzz::command_line(words.chain([OsString::from_vec(bytes.to_vec())]));
});
