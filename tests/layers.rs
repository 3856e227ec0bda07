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

/// The words that stand before `::` or behind `prefix::` in code, not in comments.
fn paths<'a>(code: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    code.match_indices(prefix)
        .filter_map(|(at, _)| code.get(at + prefix.len()..))
        .map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap())
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn every_room_uses_only_what_the_map_allows() {
    let allowed = allowed();
    assert!(allowed.len() > 12, "the table of rooms is gone");
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
            let mut used = paths(code, "crate::");
            if room == "cli" {
                used = paths(code, "pfsum::");
            }
            for used in used.into_iter().filter(|used| allowed.contains_key(*used) && used != room)
            {
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
fn no_arrow_points_back() {
    let allowed = allowed();
    for (room, (uses, _)) in &allowed {
        for used in uses {
            let (back, _) = allowed
                .get(used)
                .unwrap_or_else(|| panic!("{room} uses {used}, which is not a room"));
            assert!(!back.contains(room), "{room} and {used} use each other");
        }
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
