//! Whose names are shown: the key of pseudonyms, and all that passes them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use pfsum::Summary;
use pfsum::answer::Key;
use pfsum::answer::breakdown::Row;
use pfsum::error::shown;
use pfsum::words::pseudonym::Pseudonyms;

use super::showing::Showing;

/// Bytes that a key has at least.
const LEAST: usize = 16;

/// What pseudonyms are made from; nothing, if names stay.
pub(crate) struct Privacy(Option<Vec<u8>>);

impl Privacy {
    /// Reads the key, or makes one that is forgotten with the run.
    pub(crate) fn of(showing: &Showing) -> Result<Self> {
        Ok(Self(match (&showing.anonymize_key, showing.anonymize) {
            (Some(file), _) => Some(read(file)?),
            (None, true) => Some(random()?),
            (None, false) => None,
        }))
    }

    /// Those of all names of a log, once it is read.
    pub(crate) fn pseudonyms(&self, summary: &Summary) -> Option<Pseudonyms> {
        self.0.as_ref().map(|key| Pseudonyms::new(key, summary.known_names()))
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let key = fs::read(file).with_context(|| shown(file))?;
    if key.trim_ascii().len() < LEAST {
        bail!("{}: a key has {LEAST} bytes or more (--anonymize-key)", shown(file));
    }
    Ok(key.trim_ascii().to_vec())
}

fn random() -> Result<Vec<u8>> {
    let mut key = vec![0; 32];
    getrandom::fill(&mut key).map_err(|cause| anyhow!("--anonymize: no random key: {cause}"))?;
    Ok(key)
}

/// Replaces the names in what rows are broken down by.
pub(crate) fn hide_rows(rows: &mut [Row], keys: &[Key], with: &Pseudonyms) {
    let is_open =
        |key: &Key| matches!(key, Key::Hour | Key::Day | Key::Dsn | Key::Tls | Key::Service);
    for row in rows {
        for (text, _) in row.keys.iter_mut().zip(keys).filter(|(_, key)| !is_open(key)) {
            *text = with.name(&String::from_utf8_lossy(text)).into_bytes();
        }
    }
}
