//! Compressed streams: what is seeded makes the difference to `journal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pfsum_fuzz::stream(bytes));
