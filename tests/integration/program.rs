//! The program from end to end: the sample articles in, answers out, hostile input survived.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::archive::{SAMPLES, TestArchive};

/// Returns all people of an exported article: given and extracted, as the facet counts them.
fn people(article: &Value) -> Vec<String> {
    let given = article["people"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let extracted =
        article["extraction"]["people"].as_array().into_iter().flatten().filter_map(|it| it["name"].as_str());
    let mut names: Vec<String> = extracted.chain(given).map(str::to_lowercase).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn the_samples_are_taken_in_once() {
    let archive = TestArchive::empty();
    let first = archive.run(&["ingest", SAMPLES, "--json"]);
    assert_eq!(first.status.code(), Some(1), "the two broken files are rejected");
    let counts: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(counts["counts"]["rejected"], 2);
    let said = String::from_utf8_lossy(&first.stderr).into_owned();
    assert!(said.contains("truncated.jsonl:1: ") && said.contains("empty.html:1: "), "{said}");
    let articles = archive.export().len();
    assert!(articles >= 60, "{articles}");
    // The corrected article is `updated` back and forth, as its two versions come in the same order again.
    let again = archive.json(&["ingest", SAMPLES, "--json"]);
    assert_eq!(again["counts"]["created"], json!(0));
    assert_eq!(archive.export().len(), articles);
}

#[test]
fn counts_equal_a_count_over_the_export() {
    let archive = TestArchive::of_samples();
    let articles = archive.export();
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for article in &articles {
        for name in people(article) {
            *expected.entry(name).or_default() += 1;
        }
    }
    let answer = archive.json(&["search", "--json", "--facets", "people", "--facet-limit", "1000"]);
    assert_eq!(answer["total"], json!(articles.len()));
    let values = answer["facets"]["people"]["values"].as_array().unwrap();
    for value in values {
        let name = value["value"].as_str().unwrap();
        assert_eq!(value["count"], json!(expected[&name.to_lowercase()]), "{name}");
        if value["count"].as_u64() > Some(4) {
            let filtered = archive.json(&["search", "--json", "--person", name]);
            assert_eq!(filtered["total"], value["count"], "{name}");
        }
    }
}

#[test]
fn date_ranges_and_words_find_what_a_reader_finds() {
    let archive = TestArchive::of_samples();
    let articles = archive.export();
    let from_2025 = articles.iter().filter(|it| it["published"].as_str().is_some_and(|date| date >= "2025")).count();
    assert_eq!(archive.json(&["search", "--json", "--from", "2025"])["total"], json!(from_2025));
    let undated = articles.iter().filter(|it| it["published"].is_null()).count();
    assert_eq!(archive.json(&["search", "--json", "--undated", "only"])["total"], json!(undated));
    let strike = archive.json(&["search", "strikes -trial", "--json"]);
    assert!(strike["hits"][0]["snippet"].to_string().contains("<mark>"));
    let id = strike["hits"][0]["id"].as_str().unwrap();
    assert_eq!(archive.json(&["show", id, "--json"])["article"]["id"], id);
    assert!(archive.run(&["check"]).status.success());
}

#[test]
fn an_export_gives_the_same_archive_back() {
    let archive = TestArchive::of_samples();
    let exported = archive.run(&["export"]).stdout;
    let copy = TestArchive::empty();
    let file = copy.file("export.jsonl", &exported);
    assert!(copy.run(&["ingest", &file]).status.success());
    let sorted = |archive: &TestArchive| {
        let mut articles: Vec<String> = archive.export().iter().map(Value::to_string).collect();
        articles.sort();
        articles
    };
    assert_eq!(sorted(&archive), sorted(&copy));
}

#[test]
fn hostile_input_is_answered_or_rejected() {
    let archive = TestArchive::empty();
    let long = format!("{{\"title\":\"One line\",\"body\":\"{}\"}}\n", "word ".repeat(2_000_000));
    let deep = format!("{{\"title\":\"x\",\"a\":{}\n", "[".repeat(100_000));
    let file = archive.file("hostile.jsonl", format!("{long}{deep}{{\"title\":\"<script>alert(1)</script>\"}}\n"));
    let broken = archive.file("broken.jsonl", b"{\"title\":\"\xff\xfe\"}\n{\"title\":\"fine\"}\n");
    let answer = archive.json(&["ingest", &file, &broken, "--json"]);
    assert_eq!(answer["counts"]["rejected"], json!(1));
    let query = "(".repeat(100_000);
    let answer = archive.json(&["search", &query, "--json"]);
    assert!(!answer["query"]["notices"].as_array().unwrap().is_empty());
    let answer = archive.json(&["search", "script", "--json"]);
    assert_eq!(
        answer["hits"][0]["snippet"]["title"],
        "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"
    );
}

#[test]
fn wrong_usage_says_what_to_do() {
    let archive = TestArchive::empty();
    for (arguments, code, said) in [
        (&["search", "x"][..], 2, "there is no archive in"),
        (&["ingest", "nowhere.jsonl"], 2, "there is nothing at `nowhere.jsonl`"),
        (&["search", "x", "--from", "soon"], 2, "a date such as 2025"),
        (&["frobnicate"], 2, "unrecognized subcommand"),
    ] {
        let output = archive.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn the_command_line_asks_what_the_api_asks() {
    let archive = TestArchive::empty();
    let lines = "{\"id\":\"1\",\"title\":\"Ferry runs\",\"people\":[\"Ada Brandt\",\"Jan Kos\"]}\n{\"id\":\"2\",\"title\":\"Ferry runs\"}\n";
    archive.run(&["ingest", &archive.file("a.jsonl", lines)]);
    let of = |arguments: &[&str]| archive.json(&[&["search", "--json"], arguments].concat());
    assert_eq!(of(&["--collapse", "story"])["stories"], json!(1));
    assert_eq!(of(&["--story", "1"])["total"], json!(2));
    assert_eq!(of(&["--exclude", "story=1"])["total"], json!(0));
    let people = &of(&["--facets", "people", "--facet-prefix", "people=ko"])["facets"]["people"];
    assert_eq!((&people["distinct"], &people["values"][0]["value"]), (&json!(1), &json!("Jan Kos")));
    for wrong in [["--facet-prefix", "people"], ["--facet-prefix", "colour=r"], ["--collapse", "all"]] {
        assert_eq!(archive.run(&[&["search"][..], &wrong].concat()).status.code(), Some(2), "{wrong:?}");
    }
    let lines = String::from_utf8(archive.run(&["export", "--collapse", "story"]).stdout).unwrap();
    assert!(lines.lines().count() == 1 && lines.contains("\"story\":\"1\""), "{lines}");
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let archive = TestArchive::empty();
    let file = archive.file("a.jsonl", "{\"title\":\"Ferry runs\",\"body\":\"It runs.\"}\n");
    let said = |arguments: &[&str], code: i32| {
        let output = archive.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{arguments:?}: {stderr}");
        stderr
    };
    assert!(said(&["evaluate", "topics", &file], 3).contains("nothing to measure on"));
    let places = said(&["evaluate", "places", &file], 3);
    assert!(
        places.contains("a.jsonl`") && places.contains("line 1") && places.matches("missing field").count() == 1,
        "{places}"
    );
    for arguments in [
        &["evaluate", "places", "nowhere"][..],
        &["evaluate", "topics", "nowhere"],
        &["train", "topics", "nowhere", "--output", "x"],
        &["train", "names", "--sources", "nowhere", "--output", "x"],
    ] {
        assert!(said(arguments, 2).contains("there is nothing at `nowhere`"));
    }
}

#[test]
fn an_archive_needs_a_name() {
    let archive = TestArchive::empty();
    let output = archive.run(&["search", "x", "--archive", ""]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`--archive` names no folder"));
}

#[test]
fn a_key_is_printed_alone_and_listed_without_itself() {
    let archive = TestArchive::empty();
    let key = String::from_utf8(archive.run(&["key", "create", "desk"]).stdout).unwrap();
    assert!(key.starts_with("morgue_") && key.trim().lines().count() == 1);
    let listed = archive.run(&["key", "list", "--json"]).stdout;
    assert!(!String::from_utf8(listed).unwrap().contains(key.trim()));
}

#[test]
fn extraction_prints_names_with_their_places_in_the_text() {
    let archive = TestArchive::empty();
    let text = "Mayor Ada Brandt met Jan Kos in Rotterdam on Monday. Brandt said the talks went well.";
    let line = archive.json(&["extract", &archive.file("a.txt", text)]);
    assert_eq!(line["people"][0]["name"], "Ada Brandt");
    assert_eq!(line["people"][0]["mentions"][1]["text"], "Brandt");
    assert_eq!(line["people"][0]["mentions"][0]["start"], 6);
    assert_eq!(line["places"][0]["name"], "Rotterdam");
    assert!(line.get("published").is_none());
}

#[test]
fn an_archive_among_the_articles_is_no_article() {
    let archive = TestArchive::empty();
    archive.file("one.jsonl", "{\"id\":\"1\",\"title\":\"Ferry runs again\"}\n");
    let folder = archive.path().parent().unwrap().to_str().unwrap().to_owned();
    for unchanged in [0, 1] {
        let summary = archive.json(&["ingest", &folder, "--json"]);
        assert_eq!(
            (summary["counts"]["unchanged"].as_u64(), summary["counts"]["rejected"].as_u64()),
            (Some(unchanged), Some(0)),
            "{summary}"
        );
    }
}

#[test]
fn an_exclusion_that_says_nothing_is_a_mistake() {
    let archive = TestArchive::empty();
    for typed in ["source", "source=", "foo=1"] {
        assert_eq!(archive.run(&["search", "x", "--exclude", typed]).status.code(), Some(2), "{typed}");
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_morgue"))
        .args(["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
