//! What is built into the program: its licences, where its parts come from, what must not be among
//! them and which Rust they need, by the list in `deny.toml`, which `cargo deny check` reads as well.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// What cargo prints.
fn cargo(words: &[&str]) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let run = Command::new(env!("CARGO")).args(words).current_dir(root).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// All packages that are built here, as cargo tells them.
fn packages() -> Vec<Value> {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let told =
        cargo(&["metadata", "--format-version=1", "--locked", "--filter-platform", &platform]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let used: BTreeSet<&str> = told["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    let all = told["packages"].as_array().unwrap().iter();
    all.filter(|package| used.contains(package["id"].as_str().unwrap())).cloned().collect()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

/// The words of a list in `deny.toml`.
fn listed(table: &str, list: &str) -> BTreeSet<String> {
    let deny: toml::Table = read("deny.toml").parse().unwrap();
    let words = deny[table][list].as_array().unwrap().iter();
    words.map(|word| word.get("crate").unwrap_or(word).as_str().unwrap().to_owned()).collect()
}

/// Whether one way to read an expression of SPDX needs nothing but what is allowed.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    // No part of the tree nests deeper than `(A OR B) AND C`.
    let expression = expression.replace('/', " OR ");
    let flat = |part: &str| part.split(" OR ").any(|one| allowed.contains(one.trim()));
    if !expression.contains('(') {
        return expression
            .split(" OR ")
            .any(|way| way.split(" AND ").all(|one| allowed.contains(one.trim())));
    }
    expression.split(" AND ").all(|part| flat(part.trim().trim_matches(['(', ')'])))
}

#[test]
fn each_part_is_under_a_licence_of_the_list() {
    let allowed = listed("licenses", "allow");
    let packages = packages();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in &packages {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_allowed(licence, &allowed), "{}: {licence}", name(package));
    }
    assert!(!is_allowed("GPL-3.0-only", &allowed) && is_allowed("GPL-2.0 OR MIT", &allowed));
    assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-3.0-only", &allowed));
}

#[test]
fn each_part_comes_from_the_one_registry_with_its_checksum() {
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let mut sources = BTreeSet::new();
    for package in lock["package"].as_array().unwrap() {
        match package.get("source").and_then(toml::Value::as_str) {
            Some(source) => {
                sources.insert(source);
                assert_eq!(package["checksum"].as_str().unwrap().len(), 64, "{package}");
            }
            None => assert_eq!(package["name"].as_str(), Some("pfsum")),
        }
    }
    assert!(sources.len() == 1 && sources.iter().all(|source| source.starts_with("registry+")));
}

/// Cargo's lock also names what a dependency could have been built with and is not, so the tree is
/// asked.
#[test]
fn nothing_banned_is_built_in_and_no_version_is_left_open() {
    let banned = listed("bans", "deny");
    let tree =
        cargo(&["tree", "--locked", "--edges=normal,build", "--prefix=none", "--format={p}"]);
    let built: BTreeSet<&str> = tree.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(built.len() > 80 && built.contains("rustls"), "{}", built.len());
    for name in &banned {
        assert!(!built.contains(name.as_str()), "{name} is banned");
    }
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    for (name, asked) in manifest["dependencies"].as_table().unwrap() {
        let version = asked.get("version").unwrap_or(asked).as_str().unwrap();
        assert!(version.contains(|letter: char| letter.is_ascii_digit()), "{name}: {version}");
    }
}

/// The fuzz targets take in the command line as it is, and what it is built of.
#[test]
fn the_fuzz_targets_are_built_of_the_same() {
    let architecture = read("docs/ARCHITECTURE.md");
    let row = architecture.lines().find(|line| line.starts_with("| cli |")).unwrap();
    let crates = row.split('|').nth(3).unwrap().split_whitespace();
    let parts = |name: &str| read(name).parse::<toml::Table>().unwrap();
    let [mine, fuzz] = ["Cargo.toml", "fuzz/Cargo.toml"].map(parts);
    let [mine, fuzz] = [&mine, &fuzz].map(|manifest| manifest["dependencies"].as_table().unwrap());
    for name in crates {
        assert!(fuzz.contains_key(name), "{name}");
    }
    for (name, asked) in fuzz {
        let is_fuzzing = ["libfuzzer-sys", "pfsum"].contains(&name.as_str());
        assert!(is_fuzzing || mine.get(name) == Some(asked), "{name}: {asked}");
    }
}

/// That the source itself needs no newer Rust is a lint of clippy's (`incompatible_msrv`).
#[test]
fn no_part_needs_a_newer_rust_than_is_promised() {
    let version = |text: &str| -> Vec<u32> {
        text.split('.').map(|number| number.parse().unwrap()).collect()
    };
    let promised = env!("CARGO_PKG_RUST_VERSION");
    assert!(read("README.md").contains(&format!("Rust ({promised} or newer)")));
    for package in packages() {
        if let Some(needed) = package["rust_version"].as_str() {
            let is_kept = version(needed) <= version(&format!("{promised}.0"));
            assert!(is_kept, "{} needs {needed}", name(&package));
        }
    }
}
