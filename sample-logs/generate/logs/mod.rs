//! The logs: each is about one thing, and here is the list of them all.

use super::log::Dialect;
use super::postfix::World;

mod actions;
mod attention;
mod backscatter;
mod calm_day;
mod damage;
mod february_2009;
mod filters;
mod forms;
mod many;
mod outages;
mod queue;
mod quiet_day;
mod refusals;
mod screen;

/// A finished file.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every file of `sample-logs/` that the generator writes: logs, and beside each its truth.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = february();
    for (name, build, dialect) in LOGS {
        let world = build();
        samples.push(Sample { name: format!("{name}.log"), bytes: world.log.write(dialect) });
        samples.push(truth(name, &world));
    }
    let world = forms::journal();
    let journal = |name: &str, dialect| Sample {
        name: format!("journal.{name}"),
        bytes: world.log.write(dialect),
    };
    samples.push(journal("json", Dialect::JournalJson));
    samples.push(journal("export", Dialect::JournalExport));
    samples.push(truth("journal.truth", &world));
    samples
}

type Scenario = (&'static str, fn() -> World, Dialect);

const LOGS: [Scenario; 41] = [
    ("calm-day", calm_day::calm_day, Dialect::Bsd),
    ("quiet-day", quiet_day::quiet_day, Dialect::Bsd),
    ("rfc3339", forms::hour, Dialect::Rfc3339("+02:00")),
    ("rfc5424", forms::hour, Dialect::Rfc5424("+02:00")),
    ("docker", forms::docker, Dialect::Docker),
    ("new-year", forms::new_year, Dialect::Bsd),
    ("utc", forms::utc, Dialect::Rfc3339("Z")),
    ("long-queue-ids", forms::long_queue_ids, Dialect::Postlogd),
    ("forwarded", queue::forwarded, Dialect::Bsd),
    ("expired", queue::expired, Dialect::Bsd),
    ("requeue", queue::requeue, Dialect::Bsd),
    ("softbounce", queue::softbounce, Dialect::Bsd),
    ("queue-id-reuse", queue::queue_id_reuse, Dialect::Bsd),
    ("mailbox-full", queue::mailbox_full, Dialect::Bsd),
    ("deferral-storm", outages::deferral_storm, Dialect::Bsd),
    ("filter-down", outages::filter_down, Dialect::Bsd),
    ("blocklisted", attention::blocklisted, Dialect::Bsd),
    ("sudden-sender", attention::sudden_sender, Dialect::Bsd),
    ("old-queue", attention::old_queue, Dialect::Bsd),
    ("greylisted-for-good", attention::greylisted_for_good, Dialect::Bsd),
    ("greylisting-broken", attention::greylisting_broken, Dialect::Bsd),
    ("certificate-expired", attention::certificate_expired, Dialect::Bsd),
    ("disk-full", attention::disk_full, Dialect::Bsd),
    ("log-hole", attention::log_hole, Dialect::Bsd),
    ("content-filter", filters::content_filter, Dialect::Bsd),
    ("content-filter-plain", filters::content_filter_plain, Dialect::Bsd),
    ("proxy-filter", filters::proxy_filter, Dialect::Bsd),
    ("milter", filters::milter, Dialect::Bsd),
    ("postscreen", screen::postscreen, Dialect::Bsd),
    ("late-reject", refusals::late_reject, Dialect::Bsd),
    ("canceled", refusals::canceled, Dialect::Bsd),
    ("held-and-discarded", refusals::held_and_discarded, Dialect::Bsd),
    ("greylisted", refusals::greylisted, Dialect::Bsd),
    ("probes", refusals::probes, Dialect::Bsd),
    ("sasl-guessing", refusals::sasl_guessing, Dialect::Bsd),
    ("multi-instance", many::multi_instance, Dialect::Bsd),
    ("two-hosts", many::two_hosts, Dialect::Bsd),
    ("tls", many::tls, Dialect::Bsd),
    ("repeated-lines", damage::repeated_lines, Dialect::Bsd),
    ("cut-lines", damage::cut_lines, Dialect::Bsd),
    ("hostile", damage::hostile, Dialect::Bsd),
];

/// The log whose truth is about one of its days.
fn february() -> Vec<Sample> {
    let (world, day) = february_2009::build();
    vec![
        Sample { name: "february-2009.log".to_owned(), bytes: world.log.write(Dialect::Bsd) },
        Sample {
            name: "february-2009.json".to_owned(),
            bytes: world.truth.json(Some(day)).into_bytes(),
        },
    ]
}

fn truth(name: &str, world: &World) -> Sample {
    Sample { name: format!("{name}.json"), bytes: world.truth.json(None).into_bytes() }
}
