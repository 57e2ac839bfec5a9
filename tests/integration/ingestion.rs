//! Ingestion as an operator meets it: silent pipes, kills, two processes at once, paths that are not what they seem.

use std::{
    fs,
    io::Write,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{archive::TestArchive, served::Served};

/// Waits until something holds, for as long as a busy machine may take.
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// An ingestion that follows its standard input and reports.
struct Following {
    child: Child,
    pipe: Option<ChildStdin>,
    report: String,
}

impl Following {
    fn begin(archive: &TestArchive) -> Self {
        let report = archive.file("report.jsonl", "");
        let mut child = Command::new(env!("CARGO_BIN_EXE_morgue"))
            .env("MORGUE_ARCHIVE", archive.path())
            .args(["ingest", "-", "--report", &report])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pipe = child.stdin.take();
        Self { child, pipe, report }
    }

    /// Says a line, the `number`th, and waits until it is reported.
    fn say(&mut self, line: &str, number: usize) {
        self.pipe.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
        let told = || fs::read_to_string(&self.report).is_ok_and(|it| it.lines().count() == number);
        wait_until("the line is told", told);
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends the input; says whether all went well.
    fn end(mut self) -> bool {
        drop(self.pipe.take());
        self.child.wait().unwrap().success()
    }
}

#[test]
fn what_a_silent_pipe_said_is_committed_before_it_goes_on() {
    let archive = TestArchive::empty();
    let mut source = Following::begin(&archive);
    source.say("{\"id\":\"1\",\"title\":\"First\"}\n", 1);
    assert_eq!(archive.export().len(), 1, "what is told can be found");
    source.say("{\"id\":\"2\",\"title\":\"Second\"}\n", 2);
    // Killed, it has lost nothing that it told.
    source.kill();
    assert_eq!(archive.export().len(), 2);
    assert!(archive.run(&["check"]).status.success());
}

#[test]
fn a_run_that_was_killed_is_shown_as_interrupted() {
    let archive = TestArchive::empty();
    let mut source = Following::begin(&archive);
    source.say("{\"id\":\"1\",\"title\":\"First\"}\n", 1);
    source.kill();
    let served = Served::new(&archive);
    let (status, page) = served.ask("GET", "/ingestions", b"");
    assert_eq!(status, 200);
    assert!(page.contains("interrupted"), "{page}");
}

#[test]
fn two_writers_take_turns_or_are_told() {
    let archive = TestArchive::empty();
    let served = Served::new(&archive);
    let mut source = Following::begin(&archive);
    source.say("{\"id\":\"1\",\"title\":\"First\"}\n", 1);
    // A second command, and a sender to the server.
    let file = archive.file("other.jsonl", "{\"id\":\"2\",\"title\":\"Second\"}\n");
    let second = archive.run(&["ingest", &file]);
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(3), "{said}");
    assert!(said.contains("another process is writing"), "{said}");
    let (status, body) = served.ask("POST", "/api/articles", b"{\"id\":\"3\",\"title\":\"Third\"}");
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("send this again"), "{body}");
    // The server finds what the other process wrote.
    wait_until("the server sees it", || served.ask("GET", "/api/articles/1", b"").0 == 200);
    assert!(source.end());
    let (status, body) = served.ask("POST", "/api/articles", b"{\"id\":\"3\",\"title\":\"Third\"}");
    assert_eq!(status, 200, "{body}");
    assert!(archive.run(&["ingest", &file]).status.success(), "serving does not keep others from writing");
    assert_eq!(archive.export().len(), 3);
}

#[test]
fn paths_that_hold_no_articles_say_so() {
    let archive = TestArchive::empty();
    let folder = archive.path().with_file_name("folder");
    fs::create_dir(&folder).unwrap();
    let folder = folder.to_str().unwrap();
    let empty = archive.file("empty.jsonl", "");
    for (path, said) in [
        (folder, "the folder has no file to read"),
        (empty.as_str(), "the file is empty"),
        ("/dev/null", "the file is empty"),
    ] {
        let output = archive.run(&["ingest", path]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_circles_and_pipes_in_folders_are_passed_by() {
    let archive = TestArchive::empty();
    let folder = archive.path().with_file_name("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.jsonl"), "{\"title\":\"A\"}\n").unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("again")).unwrap();
    std::os::unix::fs::symlink(folder.join("gone"), folder.join("broken.jsonl")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap().success());
    let answer = archive.json(&["ingest", folder.to_str().unwrap(), "--json"]);
    assert_eq!((answer["counts"]["created"].as_u64(), answer["counts"]["rejected"].as_u64()), (Some(1), Some(0)));
}

#[test]
fn a_stray_quotation_mark_is_told_and_loses_no_other_row() {
    let archive = TestArchive::empty();
    let table = archive.file("a.csv", "id,title\n1,A\n2,\"B\n3,C\n4,D\n");
    let output = archive.run(&["ingest", &table]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("a.csv:3: the quotation mark"), "{said}");
    let ids: Vec<Value> = archive.export().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(ids, ["1", "3", "4"]);
}

#[test]
fn a_slip_or_a_dry_run_leaves_no_archive_behind() {
    let archive = TestArchive::empty();
    assert_eq!(archive.run(&["ingest", "nowhere"]).status.code(), Some(2));
    let file = archive.file("a.jsonl", "{\"title\":\"A\"}\n");
    let answer = archive.json(&["ingest", &file, "--dry-run", "--json"]);
    assert_eq!((answer["counts"]["created"].as_u64(), &answer["run"]), (Some(1), &Value::Null));
    assert!(!archive.path().exists());
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_anything_is_read() {
    let archive = TestArchive::empty();
    let file = archive.file("a.jsonl", "{\"title\":\"A\"}\n");
    let output = archive.run(&["ingest", &file, "--report", "/nowhere/report.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the report"));
}

/// Runs where the article is; it is no part of the project.
#[test]
fn a_plain_text_without_title_and_date_gets_neither() {
    let shared = std::env::var("MORGUE_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let file = format!("{shared}/data/articles/trump-putin-call.txt");
    if !fs::exists(&file).unwrap() {
        eprintln!("not run: {file} is not there");
        return;
    }
    let line = TestArchive::empty().json(&["extract", &file]);
    assert!(line.get("title").is_none() && line.get("published").is_none(), "{line}");
    assert!(!line["people"].as_array().unwrap().is_empty());
}

#[test]
fn what_agencies_send_is_filed_with_its_topics() {
    let archive = TestArchive::empty();
    for name in ["tpa-ports.xml", "tpa-ships.json", "clydeside-veto.nitf"] {
        let run = archive.run(&["ingest", &format!("{}/wire/{name}", crate::archive::SAMPLES)]);
        assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    }
    let export = archive.export();
    let article = |id: &str| export.iter().find(|it| it["id"].as_str().unwrap().ends_with(id)).unwrap();
    let ports = article("tpa-260122-03");
    assert_eq!(ports["topics"][1], "medtop:20000522");
    assert_eq!(ports["people"][0], "Marieke Dijkstra");
    assert!(ports["extraction"]["topics"][0]["confidence"].is_number());
    assert_eq!(article("tpa-260129-08")["extra"]["topic_names"]["medtop:20000303"], "Schiffbau");
    let ships = format!("{}/wire/tpa-ships.json", crate::archive::SAMPLES);
    assert_eq!(archive.json(&["extract", "--include-text", &ships])["given"]["topics"][0], "medtop:20000303");
    for topic in ["workplace health and safety", "Quays and terminals", "shipbuilding", "soccer", "medtop:20001065"] {
        let found = archive.run(&["search", "--topic", topic, "--json"]);
        let answer: Value = serde_json::from_slice(&found.stdout).unwrap();
        assert_eq!(answer["total"], 1, "{topic}");
    }
}

/// Runs where the items are; they are no part of the project.
#[test]
fn items_of_real_agencies_are_read_or_called_what_they_are() {
    let shared = std::env::var("MORGUE_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    for (folder, least) in [("newsml-g2", 12), ("ninjs", 32)] {
        let folder = format!("{shared}/data/formats/{folder}");
        if !fs::exists(&folder).unwrap() {
            eprintln!("not run: {folder} is not there");
            return;
        }
        let output = TestArchive::empty().run(&["extract", "--include-text", &folder]);
        let read = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        let reasons = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(read >= least, "{folder}: {read}\n{reasons}");
        assert!(!reasons.contains("panicked"), "{reasons}");
    }
}

#[test]
fn an_archive_is_reprocessed_from_itself() {
    let archive = TestArchive::of_samples();
    // The first time, names that are spelt in two ways come under one heading.
    let done = archive.json(&["reprocess", "--json"]);
    let before = archive.export();
    assert_eq!((done["articles"].as_u64(), done["changed"].as_u64()), (Some(before.len() as u64), Some(0)), "{done}");
    let again = archive.json(&["reprocess", "--json"]);
    assert_eq!((again["changed"].as_u64(), again["headed"].as_u64()), (Some(0), Some(0)), "{again}");
    assert!(archive.export() == before, "the second time something changed");
    let some = archive.json(&["reprocess", "harbour", "--only", "topics,keywords", "--json"]);
    assert!(some["articles"].as_u64().is_some_and(|it| it > 0 && it < before.len() as u64), "{some}");
    assert_eq!(archive.run(&["reprocess", "--only", "authors"]).status.code(), Some(2));
    assert_eq!(TestArchive::empty().run(&["reprocess"]).status.code(), Some(2));
}
