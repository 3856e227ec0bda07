//! The logs: one file each, and the list of them all.

use super::clock::Micros;
use super::log::Dialect;
use super::postfix::World;

mod february_2009;

/// A finished file.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every file of `sample-logs/` that the generator writes: logs, and beside each its truth.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    let (world, day) = february_2009::build();
    log(&mut samples, "february-2009", "log", &world, Dialect::Bsd, Some(day));
    samples
}

/// One log and its truth.
fn log(
    samples: &mut Vec<Sample>,
    name: &str,
    extension: &str,
    world: &World,
    dialect: Dialect,
    day: Option<Micros>,
) {
    samples.push(Sample { name: format!("{name}.{extension}"), bytes: world.log.write(dialect) });
    let truth = world.truth.json(day).into_bytes();
    samples.push(Sample { name: format!("{name}.json"), bytes: truth });
}
