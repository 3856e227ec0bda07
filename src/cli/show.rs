//! How the report is shown: by which form or template, and with whose names.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use pfsum::Summary;
use pfsum::config::Format;
use pfsum::error::shown;
use pfsum::render::own::{self, Own};
use pfsum::render::render;
use pfsum::report::Report;
use pfsum::report::anonymize::Anonymizer;

use super::plan::Plan;
use super::showing::Showing;

/// Everything about the look that is decided before a line is read.
pub(super) struct Show {
    template: Option<Own>,
    /// What pseudonyms are made from.
    key: Option<Vec<u8>>,
    format: Format,
}

impl Show {
    /// Reads what the options name.
    pub(super) fn new(plan: &Plan) -> Result<Self> {
        let Showing { template, anonymize, anonymize_key_file, .. } = &plan.showing;
        if template.is_some() && plan.mail.is_some() {
            bail!("--template: a mail has a look of its own");
        }
        let template = template.as_deref().map(Own::read).transpose()?;
        let format = match &template {
            Some(own) if own.is_html() => Format::Html,
            Some(own) if !own.is_text_extended() => Format::Json,
            Some(_) => Format::Text,
            None => plan.config.reporting.format,
        };
        let key = match (anonymize, anonymize_key_file) {
            (true, Some(file)) => Some(key_of(file)?),
            (true, None) => Some(random()?),
            (false, Some(_)) => bail!("--anonymize-key-file needs --anonymize"),
            (false, None) => None,
        };
        Ok(Self { template, key, format })
    }

    /// The form that decides which rows the report has.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Puts pseudonyms in, if that is wanted.
    pub(super) fn hide(&self, report: &mut Report, summary: &Summary) {
        if let Some(key) = &self.key {
            let known: BTreeSet<String> = summary.known_names();
            report.anonymize(&Anonymizer::new(key, known));
        }
    }

    /// Writes the report.
    pub(super) fn write(&self, report: &Arc<Report>, out: &mut dyn Write) -> Result<()> {
        match &self.template {
            Some(own) => own.write(report, out)?,
            None => render(report, self.format, out)?,
        }
        Ok(())
    }
}

fn key_of(file: &Path) -> Result<Vec<u8>> {
    let key = fs::read(file).with_context(|| shown(file))?;
    if key.len() < 16 {
        bail!("{}: a key has at least 16 bytes", shown(file));
    }
    Ok(key)
}

fn random() -> Result<Vec<u8>> {
    let mut key = vec![0; 32];
    getrandom::fill(&mut key).map_err(|cause| anyhow!("--anonymize: no random key: {cause}"))?;
    Ok(key)
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
