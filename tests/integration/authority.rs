//! The authority as an editor meets it: files in and out, merges that show at once, and names of people compared.

use serde_json::Value;

use crate::{archive::TestArchive, served::Served};

/// How many of a hundred answers to pairs of names must be right, as far as names alone can tell.
const PRECISION: f64 = 97.0;
const RECALL: f64 = 97.0;

const NEWS: &str = r#"{"id":"1","language":"en","published":"2022-03-01","body":"President Volodymyr Zelensky met Olha Marchuk in Kyiv."}
{"id":"2","language":"en","published":"2022-04-01","body":"Volodymyr Zelenskyy thanked Olha Marchuk, Zelenskyy said."}
{"id":"3","language":"en","published":"2022-05-01","body":"Mayor Ada Brandt met Jan Kos in Rotterdam."}
"#;

fn total(archive: &TestArchive, query: &[&str]) -> u64 {
    let arguments = [&["search", "--json", "--limit", "0"], query].concat();
    archive.json(&arguments)["total"].as_u64().unwrap()
}

fn of_news() -> TestArchive {
    let archive = TestArchive::empty();
    let file = archive.file("news.jsonl", NEWS);
    assert!(archive.run(&["ingest", &file, "--quiet"]).status.success());
    archive
}

#[test]
fn a_merge_shows_at_once_and_is_undone() {
    let archive = of_news();
    let alias = ["--person", "Volodymyr Zelenskyy"];
    assert_eq!(total(&archive, &alias), 1);
    let merge = ["people", "merge", "Volodymyr Zelenskyy", "into", "Volodymyr Zelensky"];
    assert!(archive.run(&merge).status.success());
    assert_eq!((total(&archive, &alias), total(&archive, &["person:zelenskyy"])), (2, 2));
    let list = archive.json(&["people", "list", "volodymyr", "--json"]);
    assert_eq!(
        (list["values"][0]["name"].as_str(), list["values"][0]["count"].as_u64()),
        (Some("Volodymyr Zelensky"), Some(2))
    );
    let shown = archive.json(&["show", "2", "--json"]);
    assert_eq!(shown["extraction"]["people"][0]["name"], "Volodymyr Zelensky", "{shown}");
    // A new article goes under the heading as it comes in, and an old one stays there.
    let more = archive.file("more.jsonl", NEWS.replace("\"id\":\"2\"", "\"id\":\"4\"").lines().nth(1).unwrap());
    archive.run(&["ingest", &more, "--quiet"]);
    assert_eq!(total(&archive, &alias), 3);
    archive.run(&["reprocess", "--quiet"]);
    assert_eq!(total(&archive, &alias), 3);
    assert!(archive.run(&["people", "split", "Volodymyr Zelensky", "Volodymyr Zelenskyy"]).status.success());
    archive.run(&["reprocess", "--quiet"]);
    assert_eq!(total(&archive, &alias), 2, "an editor's word stands");
    assert!(archive.run(&["people", "undo"]).status.success());
    assert_eq!(total(&archive, &alias), 3);
    assert!(archive.run(&["people", "hide", "Ada Brandt"]).status.success());
    assert_eq!(total(&archive, &["--person", "Ada Brandt"]), 0);
    assert!(archive.run(&["people", "undo"]).status.success());
    assert_eq!(total(&archive, &["--person", "Ada Brandt"]), 1);
    assert_eq!(archive.run(&["people", "merge", "Nobody At All", "into", "Ada Brandt"]).status.code(), Some(2));
}

#[test]
fn reprocessing_merges_what_the_archive_bears_out_in_any_order() {
    let lists = [NEWS.to_owned(), NEWS.lines().rev().collect::<Vec<_>>().join("\n")];
    let headings = lists.map(|lines| {
        let archive = TestArchive::empty();
        let file = archive.file("news.jsonl", lines);
        archive.run(&["ingest", &file, "--quiet"]);
        let done = archive.json(&["reprocess", "--json"]);
        assert_eq!(done["headed"], 1, "{done}");
        assert_eq!(archive.json(&["reprocess", "--json"])["headed"], 0);
        archive.json(&["people", "list", "--json", "--limit", "0"])
    });
    assert_eq!(headings[0], headings[1]);
    assert!(
        headings[0]["values"].as_array().unwrap().iter().any(|it| it["count"] == 2 && it["aliases"][0].is_string())
    );
}

#[test]
fn an_authority_file_goes_in_before_the_first_article_and_comes_out_the_same() {
    let archive = TestArchive::empty();
    let lines = "{\"kind\":\"person\",\"name\":\"Volodymyr Zelensky\",\"aliases\":[\"Volodymyr Zelenskyy\"],\"wikidata\":\"Q3874799\"}\n\
                 {\"kind\":\"place\",\"name\":\"Oosterdok Quay\",\"lat\":52.375,\"lon\":4.907}\n";
    let file = archive.file("authority.jsonl", format!("{lines}{{\"kind\":\"ship\",\"name\":\"Petrel\"}}\nnonsense\n"));
    let import = archive.run(&["authority", "import", &file]);
    assert_eq!(import.status.code(), Some(1));
    let said = String::from_utf8_lossy(&import.stderr).into_owned();
    assert!(said.contains("authority.jsonl:3: `ship` is no kind") && said.contains("authority.jsonl:4: "), "{said}");
    let news = archive.file("news.jsonl", NEWS);
    archive.run(&["ingest", &news, "--quiet"]);
    assert_eq!(total(&archive, &["--person", "Volodymyr Zelensky"]), 2);
    assert_eq!(String::from_utf8(archive.run(&["authority", "export"]).stdout).unwrap(), lines);
    archive.run(&["reprocess", "--quiet"]);
    assert_eq!(String::from_utf8(archive.run(&["authority", "export", "--decided"]).stdout).unwrap(), lines);
}

#[test]
fn the_page_of_another_name_leads_to_the_heading() {
    let archive = of_news();
    archive.run(&["people", "merge", "Volodymyr Zelenskyy", "Volodymyr Zelensky"]);
    let served = Served::new(&archive);
    assert_eq!(served.ask("GET", "/people/Volodymyr%20Zelenskyy", b"").0, 303);
    let (status, page) = served.ask("GET", "/people/Volodymyr%20Zelensky", b"");
    assert!(status == 200 && page.contains("2 articles"), "{page}");
    assert!(served.ask("GET", "/api/search?person=Volodymyr+Zelenskyy", b"").1.contains("\"total\":2"));
}

#[test]
fn names_of_people_are_told_apart_as_well_as_the_document_says() {
    let pairs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/name-pairs.csv");
    let output = TestArchive::empty().run(&["people", "compare", "--pairs", pairs, "--json"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.lines().count() >= 60 && lines.lines().all(|it| serde_json::from_str::<Value>(it).is_ok()));
    let said = String::from_utf8(output.stderr).unwrap();
    let figure = |name: &str| -> f64 {
        let rest = said.split_once(name).unwrap().1.trim();
        rest.split([',', '\n']).next().unwrap().parse().unwrap()
    };
    assert!(figure("precision ") >= PRECISION && figure("recall ") >= RECALL, "{said}");
}
