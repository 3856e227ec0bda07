//! Stories as text: a head, and a line an event; branches are indented.

use std::io::{self, Write};

use super::story::{Entry, Event, Repeated, Story, Told};

impl Told {
    /// Writes all of it, an empty line between two messages.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut before = false;
        for entry in &self.entries {
            if std::mem::replace(&mut before, true) {
                writeln!(out)?;
            }
            match entry {
                Entry::Message(story) => story.write(0, out)?,
                Entry::Refusals(event) => event.write(0, true, out)?,
            }
        }
        Ok(())
    }
}

/// `2026-11-22T03:14:07+01:00` as `2026-11-22 03:14:07`.
fn clock(iso: &str) -> String {
    iso.get(..19).unwrap_or(iso).replacen('T', " ", 1)
}

impl Story {
    fn write(&self, indent: usize, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{:indent$}{}", "", self.queue_ids.join(" "))?;
        for (name, text) in &self.facts {
            write!(out, "  {name} {text}")?;
        }
        if let Some(size) = self.size {
            write!(out, "  {size} bytes")?;
        }
        writeln!(out)?;
        let several = self.queue_ids.len() > 1;
        for event in &self.events {
            event.write(indent + 2, several, out)?;
        }
        let outcomes: Vec<String> =
            self.recipients.iter().map(|to| format!("{} {}", to.recipient, to.outcome)).collect();
        let ended = self.ended.as_deref().map_or_else(|| " ".repeat(19), clock);
        write!(out, "{:indent$}  {ended}  = {}", "", self.fate)?;
        if self.recipients.len() > 1 {
            write!(out, ": {}", outcomes.join(", "))?;
        }
        writeln!(out)
    }
}

impl Event {
    fn write(&self, indent: usize, with_id: bool, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{:indent$}{}  ", "", clock(&self.at))?;
        let id = self.queue_id.as_deref().filter(|_| with_id && self.branch.is_none());
        if let Some(id) = id {
            write!(out, "{id} ")?;
        }
        match self.recipient.as_deref() {
            Some("") => write!(out, "<>: ")?,
            Some(to) => write!(out, "{to}: ")?,
            None => {}
        }
        write!(out, "{}", self.what)?;
        if let Some(repeated) = &self.repeated {
            repeated.write(out)?;
        }
        self.write_peer(out)?;
        self.write_delay(out)?;
        match (&self.branch, self.text.as_str()) {
            (Some(story), _) => {
                writeln!(out, ":")?;
                story.write(indent + 4, out)
            }
            (None, "") if self.queue_id.is_some() && id.is_none() && self.is_branch() => {
                writeln!(out, " {} (not in the log)", self.queue_id.as_deref().unwrap_or_default())
            }
            (None, "") => writeln!(out),
            (None, text) => writeln!(out, ": {text}"),
        }
    }

    /// ` to mx.example.org[192.0.2.25]:25`.
    fn write_peer(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(peer) = self.peer.as_deref().filter(|peer| *peer != "none") else { return Ok(()) };
        let word = match self.what {
            "delivered" | "handed on" | "forwarded" | "sent" => "to",
            "came in"
            | "rejected"
            | "reject warning"
            | "held by a rule"
            | "discarded by a rule"
            | "noted by a rule" => "from",
            _ => "by",
        };
        write!(out, " {word} {peer}")
    }

    /// ` after 3 s (1 s connecting, 2 s sending)`.
    fn write_delay(&self, out: &mut impl Write) -> io::Result<()> {
        let Some((delay, parts)) = self.delay else { return Ok(()) };
        write!(out, " after {}", span(delay))?;
        let Some([before, within, connecting, sending]) = parts else { return Ok(()) };
        let parts = [
            (before, "before the queue manager"),
            (within, "in it"),
            (connecting, "connecting"),
            (sending, "sending"),
        ];
        let parts = parts.iter().filter(|(part, _)| *part > 0);
        let parts: Vec<String> =
            parts.map(|(part, name)| format!("{} {name}", span(*part))).collect();
        if parts.is_empty() { Ok(()) } else { write!(out, " ({})", parts.join(", ")) }
    }

    fn is_branch(&self) -> bool {
        self.what.contains("notice") || self.what == "forwarded as"
    }
}

impl Repeated {
    /// ` 17 times until 2026-11-22 04:20:00, every 5 to 70 min, last`.
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if self.times < 2 {
            return Ok(());
        }
        write!(out, " {} times until {}", self.times, clock(&self.last))?;
        match self.pace {
            Some(pace) => write!(out, ", {}, last", every(pace)),
            None => write!(out, ", last"),
        }
    }
}

/// How fast attempts followed each other.
fn every(pace: (u64, u64)) -> String {
    let (unit, name) = match pace.1 {
        0..120 => (1, "s"),
        120..7_200 => (60, "min"),
        _ => (3_600, "h"),
    };
    let rounded = |seconds: u64| (seconds + unit / 2) / unit;
    match (rounded(pace.0), rounded(pace.1)) {
        (least, most) if least == most => format!("every {most} {name}"),
        (0, most) => format!("every {least} s to {most} {name}", least = pace.0),
        (least, most) => format!("every {least} to {most} {name}"),
    }
}

/// Milliseconds, in the unit that fits.
fn span(millis: u64) -> String {
    let in_tenths = |unit: u64| {
        let tenths = (millis * 10 + unit / 2) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match millis {
        0..60_000 => format!("{} s", trimmed(millis)),
        60_000..3_600_000 => format!("{} min", in_tenths(60_000)),
        3_600_000..172_800_000 => format!("{} h", in_tenths(3_600_000)),
        _ => format!("{} days", in_tenths(86_400_000)),
    }
}

/// `1.25` and `3`: seconds as Postfix writes them.
fn trimmed(millis: u64) -> String {
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_unit_that_fits() {
        assert_eq!(span(80), "0.08 s");
        assert_eq!(span(3_000), "3 s");
        assert_eq!(span(311_000), "5.2 min");
        assert_eq!(span(5_400_000), "1.5 h");
        assert_eq!(span(259_200_000), "3.0 days");
        assert_eq!(every((300, 4_200)), "every 5 to 70 min");
        assert_eq!(every((310, 310)), "every 5 min");
        assert_eq!(every((10, 20)), "every 10 to 20 s");
        assert_eq!(every((10, 3_000)), "every 10 s to 50 min");
    }
}
