//! The commands of a page: its blocks of code, and what stands in backquotes in its text.

/// What a comment above a block says of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    None,
    /// No test can run it.
    NotRun,
    /// The status it ends with.
    Ends(i32),
}

/// A block of code.
pub(crate) struct Block<'a> {
    /// The first word behind the fence.
    pub(crate) kind: &'a str,
    pub(crate) mark: Mark,
    pub(crate) text: &'a str,
    /// Where it begins.
    pub(crate) line: usize,
}

impl Block<'_> {
    /// The commands of a console, each with what it prints.
    pub(crate) fn dialog(&self) -> Vec<(String, String)> {
        let turns = self.text.strip_prefix("$ ").expect("a console begins with a command");
        turns
            .split("\n$ ")
            .map(|turn| {
                let (mut command, mut answer) = turn.split_once('\n').unwrap_or((turn, ""));
                let mut whole = command.to_owned();
                while command.ends_with('\\') {
                    (command, answer) = answer.split_once('\n').unwrap();
                    whole = format!("{whole}\n{command}");
                }
                (whole, format!("{}\n", answer.trim_end()))
            })
            .collect()
    }
}

/// The blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let (mut at, mut line, mut above) = (0, 0, "");
    let mut open: Option<(&str, Mark, usize, usize)> = None;
    for row in page.split_inclusive('\n') {
        (at, line) = (at + row.len(), line + 1);
        let row = row.trim_end();
        let Some(kind) = row.trim_start().strip_prefix("```") else {
            if !row.is_empty() {
                above = row;
            }
            continue;
        };
        open = match open {
            None => Some((kind.split(' ').next().unwrap(), mark(above), at, line)),
            Some((kind, mark, start, line)) => {
                let text = &page[start..at - row.len() - 1];
                found.push(Block { kind, mark, text, line });
                None
            }
        };
        above = "";
    }
    assert!(open.is_none(), "a block has no end");
    found
}

fn mark(above: &str) -> Mark {
    let Some(said) = above.strip_prefix("<!-- ").and_then(|said| said.strip_suffix(" -->")) else {
        return Mark::None;
    };
    match said.split_once(' ') {
        Some(("not", why)) if why.starts_with("run: ") => Mark::NotRun,
        Some(("status", status)) => Mark::Ends(status.parse().unwrap()),
        _ => panic!("what does {above} mean?"),
    }
}

/// What stands in backquotes and begins with the program's name; words in capitals stand for
/// something. What only names a command, a form of usage or what stood in pflogsumm's place before
/// is left out.
pub(crate) fn inline(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code {
            continue;
        }
        let spans = line.split('`').skip(1).step_by(2);
        for span in spans.filter(|span| span.starts_with("pfsum ")) {
            let is_name = ["pfsum count", "pfsum trace"].contains(&span);
            let form = is_name || ["WHAT", "KEY", "COMMAND"].iter().any(|word| span.contains(word));
            if !form {
                found.push(span.replace("LOG", "/var/log/mail.log").replace("\\|", "|"));
            }
        }
    }
    found
}
