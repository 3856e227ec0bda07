//! The text of a config file, in TOML and as pflogsumm wrote it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let file = std::env::temp_dir().join(format!("pfsum-fuzz-{}.toml", std::process::id()));
    std::fs::write(&file, bytes).unwrap();
    let words = ["pfsum".into(), "--dump-config".into(), "--config".into(), file.into_os_string()];
    pfsum_fuzz::command_line(words);
});
