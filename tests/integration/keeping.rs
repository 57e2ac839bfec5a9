//! An archive that is not as it should be: without its ledger or stamp, damaged, or only to be read.

use std::fs;

use serde_json::json;

use crate::archive::TestArchive;

fn of_one() -> TestArchive {
    let archive = TestArchive::empty();
    let file = archive.file("a.jsonl", "{\"id\":\"1\",\"title\":\"Ferry runs\"}\n");
    assert!(archive.run(&["ingest", &file]).status.success());
    archive
}

/// Runs a command that must fail with 3 and gives what it says.
fn failure(archive: &TestArchive, arguments: &[&str]) -> String {
    let output = archive.run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
    said
}

#[test]
fn a_lost_ledger_is_noticed() {
    let archive = of_one();
    fs::remove_file(archive.path().join("ledger.sqlite")).unwrap();
    assert!(archive.run(&["search", "ferry"]).status.success(), "what only reads needs none");
    let said = failure(&archive, &["check"]);
    assert!(said.contains("`ledger.sqlite`") && said.contains("missing"), "{said}");
    assert_eq!(archive.json(&["check", "--json"])["ledger"], json!("missing"), "looking mends nothing");
    let file = archive.file("b.jsonl", "{\"id\":\"2\",\"title\":\"Ferry stops\"}\n");
    let said = String::from_utf8_lossy(&archive.run(&["ingest", &file]).stderr).into_owned();
    assert!(said.contains("had lost its ledger"), "{said}");
    assert!(archive.run(&["check"]).status.success());
}

#[test]
fn a_broken_ledger_is_noticed() {
    let archive = of_one();
    fs::write(archive.path().join("ledger.sqlite"), "no database at all, but long enough for the header of one")
        .unwrap();
    assert!(failure(&archive, &["check"]).contains("is damaged"));
}

#[test]
fn a_lost_stamp_is_told_alike_by_every_command() {
    let archive = of_one();
    fs::remove_file(archive.path().join("VERSION")).unwrap();
    let file = archive.file("b.jsonl", "{\"title\":\"Ferry stops\"}\n");
    for arguments in [&["search", "x"][..], &["show", "1"], &["check"], &["ingest", &file]] {
        let said = failure(&archive, arguments);
        assert!(said.contains("put that file back") && said.contains("morgue-index-"), "{said}");
    }
}

#[test]
fn a_damaged_index_says_what_to_do() {
    let archive = of_one();
    for entry in fs::read_dir(archive.path().join("tantivy")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "store" || it == "term") {
            fs::write(&path, "").unwrap();
        }
    }
    let said = failure(&archive, &["search", "ferry"]);
    assert!(said.contains("the index is damaged") && said.contains("put a copy of the archive back"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_archive_that_may_only_be_read_is_read() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};

    let archive = of_one();
    let folder = archive.path();
    let program = folder.with_file_name("morgue");
    fs::copy(env!("CARGO_BIN_EXE_morgue"), &program).unwrap();
    let is_root = fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    let allow = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.env("MORGUE_ARCHIVE", &folder).current_dir(folder.parent().unwrap()).args(arguments);
        if is_root {
            // To root, every folder is its own.
            command.uid(65_534).gid(65_534);
        }
        command.output().unwrap()
    };
    allow(folder.parent().unwrap(), 0o755);
    allow(&folder, 0o555);
    allow(&folder.join("tantivy"), 0o555);
    // What another user may read has no lock of this one's lying about.
    let _none = fs::remove_file(folder.join("tantivy/.tantivy-meta.lock"));
    for arguments in [&["search", "ferry"][..], &["show", "1"], &["export"], &["check"], &["key", "list"]] {
        let output = run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    fs::write(folder.with_file_name("b.jsonl"), "{\"title\":\"B\"}\n").unwrap();
    let output = run(&["ingest", "b.jsonl"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && said.contains("can only be read"), "{said}");
    allow(&folder, 0o755);
    allow(&folder.join("tantivy"), 0o755);
}
