//! Writes the sample logs and the truth beside them: `cargo run --example sample-logs -- [DIR]`.

mod clock;
mod dice;
mod log;
pub(crate) mod logs;
mod postfix;
mod queue_id;
mod record;
mod scene;
mod tables;
mod truth;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder =
        std::env::args_os().nth(1).map_or_else(|| PathBuf::from("sample-logs"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    for sample in logs::all() {
        std::fs::write(folder.join(sample.name), sample.bytes)?;
    }
    Ok(())
}
