//! The committed sample logs are what their generator writes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../sample-logs/generate/main.rs"]
#[allow(dead_code)]
mod generate;

#[test]
fn committed_sample_logs_are_what_the_generator_writes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs");
    for sample in generate::logs::all() {
        let committed = std::fs::read(folder.join(&sample.name)).unwrap_or_default();
        assert!(
            committed == sample.bytes,
            "{} differs; write it again with `cargo run --example sample-logs`",
            sample.name
        );
    }
}
