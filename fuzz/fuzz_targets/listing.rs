#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pfsum_fuzz::listing(bytes));
