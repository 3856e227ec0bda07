//! Plain streams, in the forms of the journal and of what else wraps lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pfsum_fuzz::stream(bytes));
