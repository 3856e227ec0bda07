//! The lists of files in `Cargo.toml` that packages are made of.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a package: source, destination without the slash before it, mode.
fn files(kind: &str) -> BTreeSet<(String, String, String)> {
    let manifest: Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let rows = manifest["package"]["metadata"][kind]["assets"].as_array().unwrap().clone();
    let words = |row: &Value| match row {
        Value::Array(words) => words.clone(),
        row => ["source", "dest", "mode"].map(|key| row[key].clone()).to_vec(),
    };
    let told = rows.iter().map(|row| {
        let mut words = words(row).into_iter().map(|word| word.as_str().unwrap().to_owned());
        let mut next = || words.next().unwrap();
        (next(), next().trim_start_matches('/').to_owned(), next())
    });
    told.collect()
}

#[test]
fn both_packages_have_the_same_files() {
    // What one of the makers places by itself, and where the systems differ.
    let own = |file: &&(String, String, String)| {
        let (source, dest, _) = file;
        !source.starts_with("packaging/systemd/")
            && !source.starts_with("LICENSE")
            && !dest.contains("zsh")
    };
    let (deb, rpm) = (files("deb"), files("generate-rpm"));
    let shared = |files: &BTreeSet<_>| files.iter().filter(own).cloned().collect::<BTreeSet<_>>();
    assert!(shared(&deb).len() > 10);
    assert_eq!(shared(&deb), shared(&rpm));
}

#[test]
fn each_file_is_there_and_in_no_wrong_hands() {
    for (source, dest, mode) in files("deb").union(&files("generate-rpm")) {
        let is_program = dest == "usr/bin/pfsum" || dest.ends_with("cron.daily");
        assert_eq!(mode, if is_program { "755" } else { "644" }, "{dest}");
        if let Some(folder) = source.strip_suffix("/*") {
            assert!(fs::read_dir(root().join(folder)).unwrap().count() > 5);
        } else if !source.starts_with("target/") {
            assert!(root().join(source).is_file(), "{source}");
        }
    }
    let pages = crate::written::pages();
    let written = files("deb");
    for entry in fs::read_dir(&pages.0).unwrap() {
        let source = format!("target/pages/{}", entry.unwrap().file_name().to_str().unwrap());
        assert!(written.iter().any(|(file, ..)| *file == source), "{source} is in no package");
    }
}

#[test]
fn debian_is_told_the_version_of_the_manifest() {
    let changelog = fs::read_to_string(root().join("packaging/debian/changelog")).unwrap();
    let first = format!("pfsum ({}-1) ", env!("CARGO_PKG_VERSION"));
    assert!(changelog.starts_with(&first), "{changelog}");
}
