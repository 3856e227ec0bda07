//! Writes logs of any size for measurements, with their exact totals: `cargo run --release --example load-log`.
//!
//! A discrete-event simulation of a mail system: sessions and messages are small state machines, each step of which
//! writes the line that a daemon would write at that moment, so that lives interleave as they do in a real log.
//! Memory is bounded by what is in flight and by the distinct addresses of the truth, not by the size of the log.

mod agenda;
#[allow(dead_code)] // What is shared with the sample logs has more than this generator needs.
#[path = "../../sample-logs/generate/clock.rs"]
mod clock;
mod delivery;
#[allow(dead_code)]
#[path = "../../sample-logs/generate/dice.rs"]
mod dice;
mod log;
mod mail;
mod pace;
mod people;
#[path = "../../sample-logs/generate/queue_id.rs"]
mod queue_id;
mod session;
mod settings;
#[path = "../../sample-logs/generate/tables.rs"]
mod tables;
mod text;
mod totals;
mod world;

use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use settings::{Settings, USAGE};

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::parse(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(problem) => {
            eprintln!("load-log: {problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match write(settings) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load-log: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(settings: Settings) -> io::Result<()> {
    let out: Box<dyn Write> = match &settings.out {
        Some(path) => Box::new(File::create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let truth = settings.truth.clone();
    let log = log::Log::new(out, settings.rfc3339);
    let mut world = world::World::new(settings, log);
    world.run()?;
    match truth {
        Some(path) => std::fs::write(path, world.totals.json()),
        None => Ok(()),
    }
}
