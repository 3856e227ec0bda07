//! What a config file says of an option, and what goes before it.

use std::ffi::OsStr;
use std::path::Path;

use super::getopt::{Choice, Typed};
use super::mail;

/// What a file says of one option.
#[derive(Debug, PartialEq)]
pub(crate) struct Setting {
    /// The option's long name.
    pub(crate) long: String,
    /// The option as it would be typed; nothing if the file turns it off.
    pub(crate) choices: Vec<Choice>,
    /// Where it stands: the file, and the line if that is known.
    pub(crate) place: String,
}

impl Setting {
    /// What a file says, wherever it does.
    pub(crate) fn of(long: &str, choices: Vec<Choice>) -> Self {
        Self { long: long.to_owned(), choices, place: String::new() }
    }

    /// Whether it is not in force because of what was typed: the same option, or one that cannot
    /// be together with it.
    pub(crate) fn yields_to(&self, typed: &Typed) -> bool {
        let is_typed = |long: &str| typed.choices.iter().any(|choice| choice.long == long);
        let typed_value = |long: &str| {
            let choice = typed.choices.iter().rfind(|choice| choice.long == long);
            choice.and_then(|choice| choice.value.as_deref()).and_then(OsStr::to_str)
        };
        let no_mail = typed_value("format").is_some_and(|form| !["text", "html"].contains(&form))
            || typed_value("output").is_some_and(|file| !mail::is_message(Path::new(file)));
        is_typed(&self.long)
            || match self.long.as_str() {
                "journal" => !typed.operands.is_empty(),
                "template" => is_typed("format") || is_typed("mail-to"),
                "format" => is_typed("template") || is_typed("mail-to"),
                "mail-to" => is_typed("template") || no_mail,
                "output" => is_typed("mail-to") && !self.names_message(),
                "unprocd-file" => is_typed("anonymize") || is_typed("anonymize-key"),
                _ => false,
            }
    }

    /// Whether its value is a file for a message.
    fn names_message(&self) -> bool {
        let value = self.choices.last().and_then(|choice| choice.value.as_ref());
        value.is_some_and(|value| mail::is_message(Path::new(value)))
    }
}

/// Names the place in a file of what an error is about: of the option with which it begins, if
/// that was not typed.
pub(crate) fn placed(error: anyhow::Error, settings: &[Setting], typed: &Typed) -> anyhow::Error {
    let said = error.to_string();
    let word = said.split([' ', ':', '=', ',']).next().and_then(|word| word.strip_prefix("--"));
    let is_typed = |long| typed.choices.iter().any(|choice| choice.long == long);
    let blamed = settings.iter().find(|setting| Some(setting.long.as_str()) == word);
    match blamed.filter(|setting| !is_typed(setting.long.as_str())) {
        Some(setting) => error.context(setting.place.clone()),
        None => error,
    }
}
