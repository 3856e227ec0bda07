//! How it looks: a report becomes text, a page, a mail, JSON, CSV or metrics.
//!
//! This room sees the report and nothing else; templates hold layout, never arithmetic.

mod attention;
pub mod csv;
mod html;
pub mod mail;
pub mod own;
mod pattern;
mod prometheus;
mod rows;
mod template;
mod text;

use std::io::{self, Write};

use crate::config::Format;
use crate::error::Error;
use crate::report::Report;

/// Writes a report.
///
/// # Errors
///
/// When a template is wrong, or `out` cannot be written to.
pub fn render(report: &Report<'_>, format: Format, out: &mut dyn Write) -> Result<(), Error> {
    match format {
        Format::Json => json(report, out),
        Format::Html => html::write(report, out),
        Format::Csv => {
            csv::write(report, report.layout.section.as_deref().unwrap_or("totals"), out)
        }
        Format::Prometheus => prometheus::write(report, out),
        Format::Text => text::write(report, out),
    }
}

/// Writes the answer to `pfsum queue` as text.
///
/// # Errors
///
/// As [`render`].
pub fn queue(report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    text::write_queue(report, out)
}

/// Writes the report itself, its keys in the order of [`Report`].
fn json(report: &Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
    // Each bracket and key is a write of its own: gathered, they cost a third.
    let mut out = io::BufWriter::with_capacity(64 * 1024, out);
    serde_json::to_writer_pretty(&mut out, report).map_err(|cause| Error::Write(cause.into()))?;
    writeln!(out).and_then(|()| out.flush()).map_err(Error::Write)
}
