//! What the renderings by a template share: the way through the engine, a filter, and how a
//! failure is told.

use std::io::Write;

use tera::{Context, Kwargs, State, Tera, TeraResult};

use crate::error::Error;

/// Renders a template with what was registered.
pub(super) fn write(
    mut tera: Tera,
    (name, source): (&'static str, &'static str),
    context: &Context,
    out: &mut dyn Write,
) -> Result<(), Error> {
    tera.add_raw_template(name, source).map_err(|error| failed(name, &error))?;
    let mut out = Noting::new(out);
    let rendered = tera.render_to(name, context, &mut out);
    out.outcome(name, rendered)
}

/// The filter `percent(of=whole)`: whole percents, 0 of nothing.
pub(super) fn add_percent(tera: &mut Tera) {
    tera.register_filter("percent", |part: u64, with: Kwargs, _: &State| -> TeraResult<u64> {
        let whole: u64 = with.must_get("of")?;
        Ok(part.saturating_mul(100).checked_div(whole).unwrap_or(0))
    });
}

/// What the template engine says is wrong, with its causes.
pub(super) fn failed(name: &str, error: &tera::Error) -> Error {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    Error::Template { name: name.to_owned(), said }
}

/// A writer that remembers why it failed: the template engine would only say that it did.
pub(super) struct Noting<'w> {
    out: &'w mut dyn Write,
    failure: Option<std::io::Error>,
}

impl<'w> Noting<'w> {
    /// Nothing has failed yet.
    pub(super) fn new(out: &'w mut dyn Write) -> Noting<'w> {
        Noting { out, failure: None }
    }

    /// What became of a template that was rendered into this.
    pub(super) fn outcome(self, name: &str, rendered: TeraResult<()>) -> Result<(), Error> {
        match (self.failure, rendered) {
            (Some(cause), _) => Err(Error::Write(cause)),
            (None, rendered) => rendered.map_err(|error| failed(name, &error)),
        }
    }
}

impl Write for Noting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write(bytes).inspect_err(|cause| {
            self.failure = Some(cause.kind().into());
        })
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
