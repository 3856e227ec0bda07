//! The user's own template: it sees the report as JSON has it, and may extend a built-in one.
//!
//! It may name templates that lie beside it, and `builtin/report.html`, `builtin/report.txt`;
//! no other file can be reached. Nothing in a log is ever the name of a template.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use tera::{Context, Tera};

use crate::error::Error;
use crate::report::Report;

use super::template::{self, Noting};
use super::{html, mail, text};

/// What the names of built-in templates begin with.
const BUILT_IN: &str = "builtin/";
/// Bytes of a template at most.
const MOST: u64 = 1 << 20;

/// A template, and those beside it that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    name: String,
    /// Names and texts.
    files: Vec<(String, String)>,
}

/// The built-in templates: the name of the file, and what is in it.
#[must_use]
pub fn built_in() -> [(&'static str, &'static str); 3] {
    [(text::NAME, text::TEMPLATE), (html::NAME, html::TEMPLATE), (mail::NAME, mail::TEMPLATE)]
}

impl Own {
    /// Reads a template and what it names.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is not to be read.
    pub fn read(path: &Path) -> Result<Own, Error> {
        let open = |cause| Error::Open { path: path.to_owned(), cause };
        let real = fs::canonicalize(path).map_err(open)?;
        let folder = real.parent().unwrap_or(Path::new("/"));
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mut files: Vec<(String, String)> = Vec::new();
        let mut wanted = vec![(name.clone(), real.clone())];
        while let Some((name, file)) = wanted.pop() {
            let source = read(&file)?;
            for other in named(&source) {
                let known = |(name, _): &(String, String)| *name == other;
                let beside = folder.join(&other);
                if is_plain(&other) && !files.iter().any(known) && beside.exists() {
                    // A link may lead out of the folder.
                    let real = fs::canonicalize(&beside)
                        .map_err(|cause| Error::Open { path: beside.clone(), cause })?;
                    if real.parent() == Some(folder) {
                        wanted.push((other, real));
                    }
                }
            }
            files.retain(|(other, _)| *other != name);
            files.push((name, source));
        }
        Ok(Own { name, files })
    }

    /// Whether it makes HTML, by the end of its name: then what is put into it is escaped.
    #[must_use]
    pub fn is_html(&self) -> bool {
        [".html", ".htm", ".xml"].iter().any(|end| self.name.ends_with(end))
    }

    /// Whether it is the built-in text with other words: then it has the rows of a text.
    #[must_use]
    pub fn is_text_extended(&self) -> bool {
        let extends = |(_, source): &(String, String)| {
            named(source).any(|name| name.trim_start_matches(BUILT_IN) == text::NAME)
        };
        !self.is_html() && self.files.iter().any(extends)
    }

    /// Writes the report by it.
    ///
    /// # Errors
    ///
    /// When it is wrong, with line and column, or `out` cannot be written to.
    pub fn write(&self, report: &Arc<Report>, out: &mut dyn Write) -> Result<(), Error> {
        let failed = |error| template::failed(&self.name, &error);
        let mut tera = Tera::new();
        tera.set_fallback_prefixes([BUILT_IN]).map_err(failed)?;
        let (built_in, more) = if self.is_html() {
            html::register(&mut tera);
            ((html::NAME, html::TEMPLATE), html::context(report))
        } else {
            text::register(&mut tera, report);
            ((text::NAME, text::TEMPLATE), text::context(report))
        };
        let name = format!("{BUILT_IN}{}", built_in.0);
        tera.add_raw_template(&name, built_in.1).map_err(failed)?;
        tera.add_raw_templates(self.files.iter().map(|(name, source)| (name, source)))
            .map_err(failed)?;
        let mut context = more;
        context.extend(Context::from_serialize(&**report).map_err(failed)?);
        let mut out = Noting::new(out);
        let rendered = tera.render_to(&self.name, &context, &mut out);
        out.outcome(&self.name, rendered)
    }
}

fn read(file: &Path) -> Result<String, Error> {
    let failed = |cause| Error::Read { path: file.to_owned(), cause };
    let size = fs::metadata(file).map_err(failed)?;
    if !size.is_file() || size.len() > MOST {
        let said = "no template: accepted are files of at most 1 MiB".to_owned();
        return Err(Error::Template { name: crate::error::shown(file), said });
    }
    fs::read_to_string(file).map_err(failed)
}

/// Whether a name is one of the same folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
}

/// The templates that a template names: `{% extends "..." %}`, `{% include "..." %}`.
fn named(source: &str) -> impl Iterator<Item = String> {
    let tags = source.split("{%").skip(1).filter_map(|rest| rest.split("%}").next());
    tags.filter_map(|tag| {
        let tag = tag.trim_start_matches('-').trim_start();
        let rest = tag.strip_prefix("extends").or_else(|| tag.strip_prefix("include"))?;
        let quote = rest.chars().find(|c| ['"', '\'', '`'].contains(c))?;
        rest.split(quote).nth(1).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_found_by_name_and_only_beside() {
        let source = "{%- extends 'a.html' -%}{% include \"b.txt\" %}{% if x %}{% endif %}";
        assert_eq!(named(source).collect::<Vec<_>>(), ["a.html", "b.txt"]);
        for name in ["../x.html", "/etc/passwd", ".hidden", "a/b.html", "", "a\\b"] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("part.html"));
    }
}
