//! The format file for lnav: what lnav counts with it is what pfsum counts.

use std::path::Path;
use std::process::Command;

use crate::support::Folder;
use crate::tool::tool;

#[test]
fn lnav_counts_deliveries_as_pfsum_does() {
    let Some(lnav) = tool("lnav") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = Folder::new("lnav");
    let run = |words: &[&str]| {
        let mut command = Command::new(&lnav);
        let run = command.args(words).current_dir(root).env("HOME", &home.0).output().unwrap();
        assert!(run.status.success(), "{run:?}");
        String::from_utf8(run.stdout).unwrap()
    };
    run(&["-i", "packaging/lnav-postfix.json"]);
    let question = ";SELECT CASE status WHEN 'sent' THEN 'delivered' WHEN 'deferred' THEN 'deferrals' \
                    ELSE status END AS what, count(*) AS count FROM pfsum_postfix \
                    WHERE status IS NOT NULL GROUP BY status ORDER BY count DESC";
    let log = "sample-logs/february-2009.log";
    let table = run(&["-n", "-c", question, "-c", ":write-csv-to -", log]);
    let program = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(["count", "delivered", "deferrals", "bounced", "--format", "csv", log])
        .current_dir(root)
        .output()
        .unwrap();
    let counted = String::from_utf8(program.stdout).unwrap();
    assert_eq!(table.trim(), counted.replace('\r', "").trim());
    assert!(table.contains("deferrals,59"), "{table}");
}
