//! What is said on standard error: one line each, the file first.

use std::io::{self, IsTerminal, Write};

use pfsum::error::said;
use pfsum::summary::Account;
use pfsum::words::clean;
use pfsum::words::scale::grouped;

/// Says one thing. Whatever it quotes, a name of a file or a word that was typed, does nothing
/// to the terminal, and makes no second line of it.
pub(crate) fn say(what: &str) {
    say_lines([what]);
}

/// Says why nothing more is done. A mistake in a template is shown where it stands: a line of
/// the template, with what points at it.
pub(crate) fn say_why(error: &anyhow::Error) {
    let said = whole(error);
    match error.downcast_ref() {
        Some(pfsum::Error::Template { .. }) => say_lines(said.split('\n')),
        _ => say(&said),
    }
}

/// An error and what it came of, in the words and the case of all messages: the number of
/// `Permission denied (os error 13)` helps nobody.
fn whole(error: &anyhow::Error) -> String {
    let word = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<io::Error>() {
        Some(cause) => said(cause),
        None => cause.to_string(),
    };
    error.chain().map(word).collect::<Vec<_>>().join(": ")
}

fn say_lines<'a>(lines: impl IntoIterator<Item = &'a str>) {
    let mut text = String::from("pfsum: ");
    for line in lines {
        clean::push_printable(line.as_bytes(), &mut text);
        text.push('\n');
    }
    // Nobody can be told that nobody can be told.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Says what only somebody who watches wants to know.
pub(crate) fn remark(what: &str, quiet: bool) {
    if !quiet && io::stderr().is_terminal() {
        say(what);
    }
}

/// What is wrong inside a source, one line a kind.
pub(crate) fn flaws(account: &Account) -> impl Iterator<Item = String> {
    let Account { impossible, torn, cut, overlong, leap_day_late, .. } = *account;
    let name = &account.name;
    let placed = |(count, first): (u64, u64), one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("{name}: line {first} is {one}")),
        _ => Some(format!("{name}: {} are {many}; the first is line {first}", lines(count))),
    };
    let overlong =
        (overlong > 0).then(|| format!("{name}: {} left out: longer than 1 MiB", lines(overlong)));
    let leap_day = leap_day_late.then(|| {
        format!(
            "{name}: 29 February stands behind lines taken to be of a year without it: --year says \
             of which year they are"
        )
    });
    [
        leap_day,
        placed(impossible, "left out: there is no such date", "left out: there are no such dates"),
        placed(torn, "left out: it has NUL bytes", "left out: they have NUL bytes"),
        placed(cut, "cut off by NUL bytes", "cut off by NUL bytes"),
        overlong,
    ]
    .into_iter()
    .flatten()
}

/// `1 line`, `1,234 lines`.
pub(crate) fn lines(count: u64) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{} lines", grouped(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_flaw_is_one_line_with_the_file_and_the_place() {
        let account = Account {
            name: "mail.log".to_owned(),
            impossible: (1200, 17),
            torn: (1, 3),
            cut: (2, 9),
            overlong: 2,
            leap_day_late: true,
            ..Account::default()
        };
        assert_eq!(
            flaws(&account).collect::<Vec<_>>(),
            [
                "mail.log: 29 February stands behind lines taken to be of a year without it: --year \
                 says of which year they are",
                "mail.log: 1,200 lines are left out: there are no such dates; the first is line 17",
                "mail.log: line 3 is left out: it has NUL bytes",
                "mail.log: 2 lines are cut off by NUL bytes; the first is line 9",
                "mail.log: 2 lines left out: longer than 1 MiB",
            ]
        );
        assert_eq!(flaws(&Account::default()).count(), 0);
    }

    #[test]
    fn what_the_system_says_has_no_number() {
        let cause = io::Error::from_raw_os_error(13);
        let error = anyhow::Error::from(cause).context("/etc/pfsum.toml");
        assert_eq!(whole(&error), "/etc/pfsum.toml: permission denied");
    }
}
