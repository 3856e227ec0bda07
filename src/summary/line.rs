//! One line: what it is for the log it stands in, and what it says.

use super::Summary;
use super::account::note;
use super::dating::When;
use super::hole::{is_parted, parts, without_nuls};
use super::lookback::before;
use crate::answer::question::Beside;
use crate::names::Known;
use crate::postfix;
use crate::syslog::{self, Line, Moment};

/// How often what was said so many times came again; a line may say that it was none.
pub(super) fn again(times: u32) -> u64 {
    u64::from(times.saturating_sub(1))
}

impl Summary {
    #[inline(always)] // once a line
    pub(super) fn line(&mut self, line: &[u8], block: &[u8]) {
        match self.parser.usual(line) {
            Some(record) if !self.position.is_bounded() => {
                self.usual += 1;
                self.record(&record, None, line);
            }
            Some(record) => self.dated_line(&record, line),
            None => {
                let parsed = self.parser.any(without_nuls(line));
                self.any_line(parsed, line, block);
            }
        }
    }

    /// A line like most, where some lie outside of the period.
    #[inline(never)] // so that the way without a period is straight
    fn dated_line(&mut self, record: &syslog::Record<'_>, line: &[u8]) {
        let when = self.dating.when(record.stamp);
        if !self.is_near(when.moment()) {
            return self.count_outside(1);
        }
        self.count_line(true);
        if let Some(tag) = &self.said.tag(record) {
            self.dated(when, record, tag, line);
        }
    }

    /// A line of a block in which there are NULs.
    #[cold]
    pub(super) fn line_with_nuls(&mut self, line: &[u8], block: &[u8]) {
        if is_parted(line) {
            self.parted(line, block);
        } else {
            self.line(line, block);
        }
    }

    /// A line in which a crash left NULs, and another line behind them.
    fn parted(&mut self, line: &[u8], block: &[u8]) {
        for (nth, part) in parts(line).enumerate() {
            if nth > 0 {
                self.cut_off();
            }
            let parsed = self.parser.any(part);
            self.any_line(parsed, part, block);
        }
    }

    /// What comes next stands behind the line before, in which NULs stand in place of its end.
    #[cold]
    pub(super) fn cut_off(&mut self) {
        let number = self.line_number();
        note(&mut self.account.cut, number);
    }

    /// A line that is not like most, in its block.
    #[inline(never)] // so that the usual way is straight
    fn any_line(&mut self, parsed: Option<Line<'_>>, line: &[u8], block: &[u8]) {
        let bounded = self.position.is_bounded();
        let when = bounded.then(|| self.dating.when_line(parsed.as_ref()));
        if when.is_some_and(|when| !self.is_near(when.moment())) {
            return self.count_outside(1);
        }
        self.count_line(parsed.is_some());
        let Some(Line::Record(record)) = parsed else {
            let when = when.unwrap_or_else(|| self.dating.when_repeated(parsed.as_ref()));
            return self.odd_line(parsed, when, line, block);
        };
        self.repeated(again(record.times));
        self.record(&record, when, line);
    }

    /// The number of the line that is being read, from 1.
    fn line_number(&self) -> u64 {
        self.account.lines + self.usual + self.account.passed_over - self.account.cut.0
    }

    /// Counts the lines like most of a block, together: one by one, it took 15 instructions each.
    pub(super) fn count_usual(&mut self) {
        let usual = std::mem::take(&mut self.usual);
        self.count_lines(usual, true);
    }

    #[inline(always)] // once a line
    pub(super) fn count_line(&mut self, is_syslog: bool) {
        self.count_lines(1, is_syslog);
    }

    /// Counts lines that lie where the last one does.
    #[inline(always)] // once a line
    pub(super) fn count_lines(&mut self, lines: u64, are_syslog: bool) {
        let counted = if self.position.is_in_period() { lines } else { 0 };
        self.account.lines += lines;
        self.account.in_period += counted;
        self.account.syslog_lines += if are_syslog { lines } else { 0 };
        self.reading.lines += counted;
        self.reading.outside += lines - counted;
    }

    /// Counts lines that lie outside of the stretch.
    pub(super) fn count_outside(&mut self, lines: u64) {
        self.account.lines += lines;
        self.reading.outside += lines;
    }

    /// Counts lines that syslog left out because they were equal to the last one.
    #[inline(always)] // once a line
    pub(super) fn repeated(&mut self, times: u64) {
        if self.position.is_in_period() {
            self.reading.repeated += times;
        }
    }

    /// A line about other lines, or no syslog line, in its block.
    #[cold]
    pub(super) fn odd_line(
        &mut self,
        parsed: Option<Line<'_>>,
        when: When,
        line: &[u8],
        block: &[u8],
    ) {
        let counts = self.position.is_in_period();
        match parsed {
            Some(Line::Repeated { stamp, host, times }) => {
                self.repeated(u64::from(times));
                let lookback = std::mem::take(&mut self.lookback);
                if let Some(record) = lookback.last_of(host, before(line, block))
                    && let Some(tag) = self.said.tag(&record)
                {
                    self.dated(when, &syslog::Record { stamp, times, ..record }, &tag, line);
                }
                self.lookback = lookback;
            }
            Some(Line::Lost { lines, .. }) if counts => self.reading.lost += lines.max(1),
            Some(Line::Lost { .. } | Line::Record(_)) => {}
            None => self.unreadable(line),
        }
    }

    /// Whether a line that was written then lies in the stretch.
    fn is_near(&mut self, at: Option<Moment>) -> bool {
        if let Some(at) = at {
            self.account.saw(at);
        }
        self.position.is_near(at)
    }

    #[cold]
    fn unreadable(&mut self, line: &[u8]) {
        if memchr::memchr(0, line).is_some() {
            let number = self.line_number();
            note(&mut self.account.torn, number);
        }
        if self.position.is_in_period() {
            self.reading.unreadable += 1;
            self.samples.take(b"", line);
        }
    }

    #[cold]
    fn impossible(&mut self) {
        let number = self.line_number();
        note(&mut self.account.impossible, number);
        self.reading.unreadable += u64::from(self.position.is_in_period());
    }

    /// What a program wrote, and when, if that was made out already.
    #[inline(always)] // once a line
    fn record(&mut self, record: &syslog::Record<'_>, when: Option<When>, line: &[u8]) {
        // By reference, here and below: a copy of what was just written in pieces waits for all of
        // them. With that of a `Service`, it took 2 % of the time.
        let tag = self.said.tag(record);
        let Some(tag) = &tag else { return };
        let when = when.unwrap_or_else(|| self.dating.when(record.stamp));
        self.dated(when, record, tag, line);
    }

    #[inline(always)] // once a line
    fn dated(
        &mut self,
        when: When,
        record: &syslog::Record<'_>,
        tag: &postfix::Tag<'_>,
        line: &[u8],
    ) {
        if let Some(at) = self.wanted(when, record.host, tag.instance) {
            self.heard(at, record, tag, line);
        }
    }

    /// Takes what a line of Postfix says. It is a function of its own, because an event is written
    /// where it stays only if its place is new with each line (see [`postfix::Opening::event`]).
    #[inline(never)]
    fn heard(
        &mut self,
        at: Moment,
        record: &syslog::Record<'_>,
        tag: &postfix::Tag<'_>,
        line: &[u8],
    ) {
        let mut opening = postfix::Opening::of(tag, record.text);
        let event = opening.event();
        let &syslog::Record { host, pid, times, .. } = record;
        let (tag, queue_id, event) = (opening.tag(), opening.queue_id, event.as_ref());
        let heard = postfix::Heard { host, pid, times, tag, queue_id, event };
        self.entered(at, heard, Known::Nothing, line);
    }

    /// When a line of Postfix was written; none if its date does not exist, or its host or
    /// instance is not asked for.
    #[inline(always)] // once a line
    pub(super) fn wanted(&mut self, when: When, host: &[u8], instance: &[u8]) -> Option<Moment> {
        self.account.postfix_lines += 1;
        let When::At(at) = when else {
            self.impossible();
            return None;
        };
        self.account.saw(at);
        if !self.selection.is_everything() && !self.selection.includes(host, instance) {
            self.reading.left_out += u64::from(self.position.is_in_period());
            return None;
        }
        Some(at)
    }

    /// Follows and counts what a line of Postfix says.
    #[inline(always)] // once a line
    pub(super) fn entered(
        &mut self,
        at: Moment,
        heard: postfix::Heard<'_, '_>,
        known: Known,
        line: &[u8],
    ) {
        if self.position.is_in_period() {
            self.reading.postfix_lines += 1;
            if heard.event.is_none() && heard.tag.program.tells_lives() {
                self.reading.not_understood += 1;
                let service = heard.tag.service;
                self.samples.take(service.rsplit(|&b| b == b'/').next().unwrap_or(service), line);
            }
        }
        if at != self.last {
            self.last = self.last.max(at); // as in `widen`
            if self.position.is_bounded() {
                self.look_at_period(at);
            }
        }
        self.days.note(at.wall, &self.config.reading.period);
        let (names, tallies) = (&mut self.names, &mut self.tallies);
        match &mut self.question {
            None => self.tracker.apply(at, heard, known, names, tallies),
            Some(question) => {
                if !question.needs(heard) {
                    return;
                }
                let mut out = Beside { question, tallies };
                self.tracker.apply(at, heard, known, names, &mut out);
            }
        }
    }
}
