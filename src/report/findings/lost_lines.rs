//! The logger dropped lines: whatever they told is in no number.
//!
//! `sample-logs/repeated-lines.log`: lines that rsyslog and the journal dropped.

use super::{Finding, Severity, View, counted};

/// Every one may be a message.
const LINES: u64 = 1;

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let count = view.reading.lost;
    (count >= LINES).then(|| Finding {
        id: "lost_lines",
        severity: Severity::Look,
        title: format!(
            "The logger dropped {}: the totals are lower bounds",
            counted(count, "line", "lines")
        ),
        detail: "Its rate limit was reached.".to_owned(),
        advice: "Raise it: RateLimitIntervalSec= and RateLimitBurst= in journald.conf(5), \
                 ratelimit.interval and ratelimit.burst of rsyslog's imjournal and imuxsock."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: "systemd-analyze cat-config systemd/journald.conf".to_owned(),
    })
}
