//! The user's own template: it sees the report as JSON has it, and may extend a built-in one.
//!
//! It may name templates that lie beside it, and `builtin/report.html`, `builtin/report.txt`;
//! no other file can be reached. Nothing in a log is ever the name of a template.

use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::Arc;

use tera::{Context, Tera};

use crate::config::Format;
use crate::error::{Error, shown};
use crate::report::Report;

use super::{attention, html, template, text};

/// What the names of built-in templates begin with.
const BUILT_IN: &str = "builtin/";
/// Bytes of a template at most.
const MOST: u64 = 1 << 20;

/// A template, and those beside it that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// As the user named it.
    path: String,
    name: String,
    /// Names and texts.
    files: Vec<(String, String)>,
}

/// The built-in templates: the name of the file, and what is in it.
#[must_use]
pub fn built_in() -> [(&'static str, &'static str); 2] {
    [(text::NAME, text::TEMPLATE), (html::NAME, html::TEMPLATE)]
}

impl Own {
    /// Reads a template and what it names.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is no template by itself.
    pub fn read(path: &Path) -> Result<Own, Error> {
        let real =
            fs::canonicalize(path).map_err(|cause| Error::Open { path: path.to_owned(), cause })?;
        let folder = real.parent().unwrap_or(Path::new("/"));
        // The engine quotes the name when it shows a mistake.
        let name = path.file_name().map(|name| shown(Path::new(name))).unwrap_or_default();
        let mut own = Own { path: shown(path), name: name.clone(), files: Vec::new() };
        let mut wanted = vec![(name, real.clone())];
        while let Some((name, file)) = wanted.pop() {
            if own.has(&name) {
                continue;
            }
            let source = read(&file)?;
            for other in named(&source).filter(|other| is_plain(other)) {
                // A link may lead out of the folder; what does is not there.
                let beside = fs::canonicalize(folder.join(&other)).ok();
                let beside = beside.filter(|real| real.parent() == Some(folder));
                wanted.extend(beside.map(|real| (other, real)));
            }
            own.files.push((name, source));
        }
        own.engine()?;
        Ok(own)
    }

    fn has(&self, name: &str) -> bool {
        self.files.iter().any(|(known, _)| known == name)
    }

    /// Whether it makes HTML, by the end of its name: then what is put into it is escaped.
    fn is_html(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        [".html", ".htm", ".xml"].iter().any(|end| name.ends_with(end))
    }

    /// Whether it builds on the built-in one: extends it, or began as a copy of it.
    fn builds_on(&self) -> bool {
        let (built_in, key) = if self.is_html() {
            (html::NAME, format!("{}.", html::PAGE))
        } else {
            (text::NAME, format!("{}.", text::LAYOUT))
        };
        let extends =
            |source: &str| named(source).any(|name| name.trim_start_matches(BUILT_IN) == built_in);
        self.files.iter().any(|(_, source)| extends(source) || source.contains(&key))
    }

    /// The form whose rows the report has to have: that of JSON, unless it builds on another.
    #[must_use]
    pub fn format(&self) -> Format {
        match (self.builds_on(), self.is_html()) {
            (false, _) => Format::Json,
            (true, true) => Format::Html,
            (true, false) => Format::Text,
        }
    }

    /// The templates, as far as they need no report to be understood.
    fn engine(&self) -> Result<Tera, Error> {
        let failed = |error| template::failed(&self.path, &error);
        let mut tera = Tera::new();
        // Names without an end are text, as Tera has it; letter case does not turn escaping off.
        tera.autoescape_on(if self.is_html() { vec![""] } else { Vec::new() });
        tera.set_fallback_prefixes([BUILT_IN]).map_err(failed)?;
        html::register(&mut tera);
        text::register(&mut tera, String::new(), |_| Ok(String::new()));
        let (name, source) = if self.is_html() {
            (html::NAME, html::TEMPLATE)
        } else {
            (text::NAME, text::TEMPLATE)
        };
        tera.add_raw_template(&format!("{BUILT_IN}{name}"), source).map_err(failed)?;
        let files = self.files.iter().map(|(name, source)| (name, source));
        tera.add_raw_templates(files).map_err(failed)?;
        Ok(tera)
    }

    /// Writes the report by it; nothing, if it is wrong.
    ///
    /// # Errors
    ///
    /// When it is wrong, with line and column, or `out` cannot be written to.
    pub fn write(&self, report: Report<'_>, out: &mut dyn Write) -> Result<(), Error> {
        let failed = |error| template::failed(&self.path, &error);
        let mut tera = self.engine()?;
        let mut context = Context::from_serialize(&report).map_err(failed)?;
        if self.builds_on() && self.is_html() {
            context.insert(html::PAGE, &html::page(&report));
        } else if self.builds_on() {
            context.insert(text::LAYOUT, &report.layout);
        }
        // What the functions of the engine look things up in may have no end before its own.
        let (attention, report) = (attention::lines(&report.findings), report.into_owned());
        let report = Arc::new(report);
        text::register(&mut tera, attention, move |wanted| wanted.text(&report));
        let made = tera.render(&self.name, &context).map_err(failed)?;
        out.write_all(made.as_bytes()).map_err(Error::Write)
    }
}

fn read(file: &Path) -> Result<String, Error> {
    let failed = |cause| Error::Read { path: file.to_owned(), cause };
    let wrong = |said: &str| Error::Template { name: shown(file), said: said.to_owned() };
    let open = fs::File::open(file).map_err(failed)?;
    if !open.metadata().map_err(failed)?.is_file() {
        return Err(wrong("no template: it is no file"));
    }
    let mut bytes = Vec::new();
    open.take(MOST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST {
        return Err(wrong("no template: it has more than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| wrong("no template: it is not UTF-8"))
}

/// Whether a name is one of the same folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(['/', '\\'])
        && !name.contains(char::is_control)
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
        for name in ["../x.html", "/etc/passwd", ".hidden", "a/b.html", "", "a\\b", "a\nb"] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("part.html"));
    }
}
