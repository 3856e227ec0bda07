//! Who may use whom: the source must agree with the table in `docs/ARCHITECTURE.md`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Rooms = BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The table: room, rooms it uses, crates at home.
fn allowed() -> Rooms {
    let page = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let table = page.split("| room | uses |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let words = |cell: &str| cell.split_whitespace().map(str::to_owned).collect();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        (
            cells.first().unwrap().trim().to_owned(),
            (words(cells.get(1).unwrap()), words(cells.get(2).unwrap())),
        )
    })
    .collect()
}

fn files(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), out);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        out.push(path.to_owned());
    }
}

/// The names that stand behind `prefix` in code, one or several in braces.
fn paths<'a>(code: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let behind = code.match_indices(prefix).filter_map(|(at, _)| code.get(at + prefix.len()..));
    behind.flat_map(names).collect()
}

/// `tally` of `tally::Tallies;`, `render` and `words` of `{render::{json, text}, words};`.
fn names(path: &str) -> Vec<&str> {
    let word =
        |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let Some(group) = path.strip_prefix('{') else {
        return path.get(..word(path)).into_iter().filter(|name| !name.is_empty()).collect();
    };
    let (mut found, mut depth, mut begins) = (Vec::new(), 0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                let name = group.get(at..).unwrap();
                found.push(name.get(..word(name)).unwrap());
                begins = false;
            }
            _ => {}
        }
    }
    found
}

/// The rooms of what the crate gives by another name: `Period` of `pub use period::Period;`.
fn given() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let uses = text.lines().filter_map(|line| line.strip_prefix("pub use ")?.split_once("::"));
    uses.map(|(room, name)| (name.trim_end_matches(';').to_owned(), room.to_owned())).collect()
}

#[test]
fn names_are_found_one_by_one_and_in_braces() {
    let code = "use crate::{render::{json, text}, words};\nuse crate::tally::Tallies;\n\
                fn f() -> crate::Period { crate::names::Names::new(Some({ 1 })) }";
    let found: Vec<&str> = paths(code, "crate::").into_iter().collect();
    assert_eq!(found, ["Period", "names", "render", "tally", "words"]);
    assert_eq!(given().get("Period").map(String::as_str), Some("period"));
}

#[test]
fn every_room_uses_only_what_the_map_allows() {
    let allowed = allowed();
    assert!(allowed.len() > 12, "the table of rooms is gone");
    let given = given();
    let crates: BTreeSet<&String> = allowed.values().flat_map(|(_, crates)| crates).collect();
    let mut wrong = Vec::new();
    for (room, (may_use, at_home)) in &allowed {
        let mut sources = Vec::new();
        files(&root().join("src").join(room), &mut sources);
        let file = root().join("src").join(format!("{room}.rs"));
        sources.extend(Some(file).filter(|file| file.exists()));
        assert!(!sources.is_empty(), "there is no room {room}");
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            let code = code.split("#[cfg(test)]").next().unwrap();
            let used = paths(code, if room == "cli" { "pfsum::" } else { "crate::" });
            let rooms = used.into_iter().map(|name| given.get(name).map_or(name, String::as_str));
            for used in rooms.filter(|used| allowed.contains_key(*used) && used != room) {
                if !may_use.contains(used) {
                    wrong.push(format!("{} uses {used}", source.display()));
                }
            }
            for krate in crates.iter().filter(|krate| krate.as_str() != "serde") {
                let here = code.contains(&format!("use {krate}::"))
                    || code.contains(&format!(" {krate}::"));
                if here && !at_home.contains(*krate) {
                    wrong.push(format!("{} uses the crate {krate}", source.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_way_leads_back() {
    let mut left = allowed();
    for (room, (uses, _)) in &left {
        let strange: Vec<&String> = uses.iter().filter(|used| !left.contains_key(*used)).collect();
        assert!(strange.is_empty(), "{room} uses {strange:?}, which are no rooms");
    }
    // Whoever uses nobody that is left is on no way that leads back.
    while !left.is_empty() {
        let before = left.len();
        let rooms: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, (uses, _)| !uses.is_disjoint(&rooms));
        assert!(left.len() < before, "{:?} use each other", left.keys());
    }
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let dependencies = manifest.split("\n[dependencies]\n").nth(1).unwrap();
    let dependencies: BTreeSet<String> = dependencies
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")))
        .filter(|name| name != "memchr") // it is everywhere
        .collect();
    let homes = allowed().into_values().flat_map(|(_, crates)| crates).collect();
    assert_eq!(dependencies, homes);
}
