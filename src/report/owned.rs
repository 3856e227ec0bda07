//! A report whose rows are its own, so that it outlives the summary it was made of.

use super::model::{Body, Report, Section};
use super::table::{Group, Outline};

impl Report<'_> {
    /// The same report, which needs no summary any more.
    #[must_use]
    pub fn into_owned(self) -> Report<'static> {
        Report {
            schema: self.schema,
            generator: self.generator,
            title: self.title,
            verdict: self.verdict,
            period: self.period,
            hosts: self.hosts,
            totals: self.totals,
            hours: self.hours,
            days: self.days,
            smtpd: self.smtpd,
            postscreen: self.postscreen,
            reading: self.reading,
            books: self.books,
            findings: self.findings,
            queue: self.queue,
            queued: self.queued,
            sections: self.sections.into_iter().map(Section::into_owned).collect(),
            folds: self.folds,
            layout: self.layout,
        }
    }
}

impl Section<'_> {
    /// The same with all its rows.
    fn into_owned(self) -> Section<'static> {
        let Section { id, title, shown, total, body } = self;
        let body = match body {
            Body::Table(table) => Body::Table(table.kept()),
            Body::Outline(outline) => {
                Body::Outline(Outline { groups: outline.groups.iter().map(Group::kept).collect() })
            }
            Body::Lines(lines) => Body::Lines(lines),
        };
        Section { id, title, shown, total, body }
    }
}

impl Group<'_> {
    /// The same with all its lines.
    fn kept(&self) -> Group<'static> {
        Group {
            name: self.name.clone(),
            count: self.count,
            shown: self.shown,
            total: self.total,
            groups: self.groups.iter().map(Group::kept).collect(),
            rows: self.rows.kept(),
        }
    }
}
