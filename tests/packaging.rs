//! What packages are made of: man pages, completions, and what is built into the program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "packaging/lnav.rs"]
mod lnav;
#[path = "packaging/manifest.rs"]
mod manifest;
#[path = "packaging/supply.rs"]
mod supply;
#[path = "packaging/written.rs"]
mod written;

#[path = "../packaging/pages/main.rs"]
#[allow(dead_code)]
mod pages;
#[path = "input/support.rs"]
#[allow(dead_code)]
mod support;
#[path = "reading/tool.rs"]
mod tool;
