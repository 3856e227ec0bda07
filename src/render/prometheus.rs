//! The sums of the report as Prometheus text, for the textfile collector of its node exporter.
//!
//! All are gauges: a sum is of one period, and the next period's may be lower. Names and labels
//! are stable; a label never holds an address, so that their number stays small.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;

use crate::error::Error;
use crate::report::model::{Connections, Severity, Totals};
use crate::report::{Body, Report};

/// Name, meaning and value of a sum.
type Sum = (&'static str, &'static str, fn(&Totals) -> u64);

const SUMS: [Sum; 24] = [
    ("received_messages", "Messages accepted from outside.", |t| t.received),
    ("delivered_recipients", "Recipients handed over for good.", |t| t.delivered),
    ("forwarded_recipients", "Recipients replaced by a new message.", |t| t.forwarded),
    ("deferred_messages", "Messages put off at least once.", |t| t.deferred),
    ("deferral_attempts", "Attempts put off, each recipient for itself.", |t| t.deferrals),
    ("bounced_recipients", "Recipients given up because of a permanent error.", |t| t.bounced),
    ("expired_messages", "Messages given up because of their age, or by force.", |t| t.expired),
    ("canceled_messages", "Messages that cleanup(8) says were canceled.", |t| t.canceled),
    ("reject_warnings", "Refusals that were only logged (warn_if_reject).", |t| t.reject_warnings),
    ("held_messages", "Messages put on hold by a rule.", |t| t.held),
    ("discarded_messages", "Messages thrown away by a rule.", |t| t.discarded),
    (
        "discarded_by_transport_recipients",
        "Recipients whose mail the discard transport threw away.",
        |t| t.discarded_by_transport,
    ),
    (
        "swallowed_by_filter_recipients",
        "Recipients whose mail a content filter took and never gave back.",
        |t| t.swallowed_by_filter,
    ),
    (
        "handed_on_recipients",
        "Recipients handed to a content filter or another host of the log.",
        |t| t.handed_on,
    ),
    ("generated_messages", "Notices and forwards made here.", |t| t.generated),
    ("probed_recipients", "Addresses tried without mail.", |t| t.probes),
    ("received_bytes", "Sizes of the messages received.", |t| t.bytes_received),
    ("delivered_bytes", "Size of each message times its recipients delivered.", |t| {
        t.bytes_delivered
    }),
    ("senders", "Different senders of messages received, without the null sender.", |t| t.senders),
    ("sending_domains", "Different domains of these senders.", |t| t.sending_domains),
    ("recipients", "Different recipients of deliveries.", |t| t.recipients),
    ("recipient_domains", "Different domains of these recipients.", |t| t.recipient_domains),
    ("folded_hops", "Second queue IDs of messages, as behind a content filter.", |t| t.hops_folded),
    ("queued_messages", "Queue IDs in the queue when the log or the period ends.", |t| {
        t.still_queued
    }),
];

/// Writes the metrics.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut text = Metrics::default();
    let version = [("version", report.generator.version)];
    text.gauge("info", "The program that made this.", &[(&version, 1)]);
    text.plain("period_days", "Days of the log with a line of Postfix.", report.period.days);
    for (name, help, value) in SUMS {
        text.plain(name, help, value(&report.totals));
    }
    let (temporary, permanent) =
        (report.totals.rejected_temporary, report.totals.rejected_permanent);
    text.gauge(
        "rejected_commands",
        "Refusals of a command or message, by the kind of reply.",
        &[(&[("reply", "temporary")], temporary), (&[("reply", "permanent")], permanent)],
    );
    text.connections("smtpd", &report.smtpd);
    text.connections("postscreen", &report.postscreen);
    text.causes(report);
    text.oldest(report);
    text.findings(report);
    text.reading(report);
    out.write_all(text.0.as_bytes()).map_err(Error::Write)
}

/// A label and its value.
type Label<'l> = (&'l str, &'l str);

/// Metrics as text.
#[derive(Default)]
struct Metrics(String);

impl Metrics {
    fn plain(&mut self, name: &str, help: &str, value: u64) {
        self.gauge(name, help, &[(&[], value)]);
    }

    fn gauge(&mut self, name: &str, help: &str, samples: &[(&[Label<'_>], u64)]) {
        let out = &mut self.0;
        // Writing to a string cannot fail.
        let _ = write!(out, "# HELP pfsum_{name} {help}\n# TYPE pfsum_{name} gauge\n");
        for (labels, value) in samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
                .collect();
            let labels =
                if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(out, "pfsum_{name}{labels} {value}");
        }
    }

    fn connections(&mut self, daemon: &str, of: &Connections) {
        let help = format!("Connections to {daemon}(8) that ended.");
        self.plain(&format!("{daemon}_connections"), &help, of.connections);
        let help = format!("How long connections to {daemon}(8) lasted together.");
        self.plain(&format!("{daemon}_connection_seconds"), &help, of.seconds);
    }

    /// Deferrals by root cause, as far as there are any.
    fn causes(&mut self, report: &Report<'_>) {
        let Some(Body::Table(table)) =
            report.sections.iter().find(|s| s.id == "deferral_causes").map(|s| &s.body)
        else {
            return;
        };
        let (Some(cause), Some(attempts)) = (table.place("cause"), table.place("attempts")) else {
            return;
        };
        let rows: Vec<(Cow<'_, str>, u64)> = table
            .rows()
            .map(|row| (row.cell(cause).text().shown(), row.cell(attempts).number()))
            .collect();
        let labels: Vec<([Label<'_>; 1], u64)> =
            rows.iter().map(|(cause, count)| ([("cause", cause.as_ref())], *count)).collect();
        let samples: Vec<(&[Label<'_>], u64)> =
            labels.iter().map(|(label, count)| (label.as_slice(), *count)).collect();
        self.gauge("deferral_attempts_by_cause", "Attempts put off, by root cause.", &samples);
    }

    fn oldest(&mut self, report: &Report<'_>) {
        let ages = report.queue.iter().map(|message| message.age_seconds);
        let oldest = u64::try_from(ages.max().unwrap_or(0)).unwrap_or(0);
        self.plain("queue_oldest_seconds", "Age of the oldest message in the queue.", oldest);
    }

    fn findings(&mut self, report: &Report<'_>) {
        let of = |severity: Severity| {
            report.findings.iter().filter(|finding| finding.severity == severity).count() as u64
        };
        self.gauge(
            "findings",
            "Things that need attention.",
            &[
                (&[("severity", Severity::Harm.name())], of(Severity::Harm)),
                (&[("severity", Severity::Look.name())], of(Severity::Look)),
            ],
        );
        if report.findings.is_empty() {
            return;
        }
        let rows: Vec<([Label<'_>; 2], u64)> = report
            .findings
            .iter()
            .map(|finding| {
                ([("id", finding.id), ("severity", finding.severity.name())], finding.count)
            })
            .collect();
        let samples: Vec<(&[Label<'_>], u64)> =
            rows.iter().map(|(labels, count)| (labels.as_slice(), *count)).collect();
        self.gauge("finding_items", "How many things each finding is about.", &samples);
    }

    fn reading(&mut self, report: &Report<'_>) {
        let reading = &report.reading;
        self.plain("read_lines", "Lines read, of any program.", reading.lines);
        self.plain("postfix_lines", "Lines of Postfix.", reading.postfix_lines);
        self.plain(
            "not_understood_lines",
            "Lines of Postfix not understood.",
            reading.not_understood,
        );
        self.plain("unreadable_lines", "Lines that are no syslog lines.", reading.unreadable);
        self.plain("repeated_lines", "Repetitions that syslog left out.", reading.repeated);
        self.plain("lost_lines", "Lines that a logger says it dropped.", reading.lost);
        let help = "Whether all that began is accounted for: 1, or 0.";
        self.plain("books_close", help, u64::from(report.books.closes));
    }
}

/// A label's value as the text format wants it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_ends_where_it_should() {
        let mut text = Metrics::default();
        text.gauge("x_messages", "Help.", &[(&[("cause", "a\"b\\c\nd")], 3)]);
        let lines: Vec<&str> = text.0.lines().collect();
        assert_eq!(
            lines,
            [
                "# HELP pfsum_x_messages Help.",
                "# TYPE pfsum_x_messages gauge",
                "pfsum_x_messages{cause=\"a\\\"b\\\\c\\nd\"} 3"
            ]
        );
    }
}
