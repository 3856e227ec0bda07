//! How the report is shown: by which form or template.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use pfsum::config::Format;
use pfsum::error::shown;
use pfsum::render::own::{self, Own};
use pfsum::render::render;
use pfsum::report::Report;

use super::plan::Plan;

/// Everything about the look that is decided before a line is read.
pub(super) struct Show {
    template: Option<Own>,
    format: Format,
}

impl Show {
    /// Reads the template, if there is one.
    pub(super) fn new(plan: &Plan) -> Result<Self> {
        let Some(file) = &plan.showing.template else {
            return Ok(Self { template: None, format: plan.config.reporting.format });
        };
        if plan.mail.is_some() {
            bail!("--template: a mail has a look of its own");
        }
        if plan.config.reporting.format != Format::Text {
            bail!("--template needs no --format: its name says whether it makes a page or text");
        }
        let own = Own::read(file)?;
        Ok(Self { format: own.format(), template: Some(own) })
    }

    /// The form that decides which rows the report has.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Writes the report.
    pub(super) fn write(&self, report: Report<'_>, out: &mut dyn Write) -> Result<()> {
        match &self.template {
            Some(own) => own.write(report, out)?,
            None => render(&report, self.format, out)?,
        }
        Ok(())
    }
}

/// Writes the built-in templates to a folder; none that is there is overwritten.
pub(super) fn write_templates(folder: &Path, out: &mut impl Write) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| shown(folder))?;
    for (name, text) in own::built_in() {
        let file = folder.join(name);
        let mut open = fs::File::create_new(&file).with_context(|| shown(&file))?;
        open.write_all(text.as_bytes()).with_context(|| shown(&file))?;
        writeln!(out, "{}", shown(&file))?;
    }
    Ok(())
}
