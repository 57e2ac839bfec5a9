//! Holds the import order of `ARCHITECTURE.md`: a room sees only what stands before it, and knowledge stays in its room.

use std::{fs, path::Path};

/// Each room with the rooms that it may import.
const MAY_SEE: [(&str, &[&str]); 17] = [
    ("article", &[]),
    ("text", &[]),
    ("reader", &["article", "text"]),
    ("extract", &["article", "text"]),
    ("train", &["article", "text", "extract", "reader"]),
    ("document", &["article", "text", "reader", "extract"]),
    ("authority", &["article", "text", "reader", "extract", "document"]),
    ("query", &["article", "text", "extract", "document", "authority"]),
    ("index", &["article", "text", "extract", "document", "authority", "query"]),
    ("ledger", &["article", "text", "extract", "document", "authority", "query"]),
    ("search", &["article", "text", "extract", "document", "authority", "query", "index", "ledger"]),
    ("ingest", &["article", "text", "reader", "extract", "document", "authority", "query", "index", "ledger"]),
    (
        "server",
        &[
            "article",
            "text",
            "reader",
            "extract",
            "document",
            "authority",
            "query",
            "index",
            "ledger",
            "search",
            "ingest",
        ],
    ),
    ("cli", &[]),
    ("config", &["article", "text"]),
    (
        "commands",
        &[
            "article",
            "text",
            "reader",
            "extract",
            "train",
            "document",
            "authority",
            "query",
            "index",
            "ledger",
            "search",
            "ingest",
            "server",
            "cli",
            "config",
        ],
    ),
    ("main", &["cli", "commands"]),
];

/// Crates that only one room may name.
const ONLY_IN: [(&str, &str); 9] = [
    ("axum", "server/"),
    ("tokio", "server/"),
    ("hyper", "server/"),
    ("hyper_util", "server/"),
    ("tower_http", "server/"),
    ("tantivy", "index/tantivy/"),
    ("rusqlite", "ledger/"),
    ("clap", "cli.rs"),
    ("clap_complete", "cli.rs"),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let name = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
            found.push((name.to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Returns the code without comments and strings' worth of prose: lines that begin as a comment are dropped.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Returns every path that a file names, from its first part on: those of its `use`, groups taken apart, and those in its code.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let begins = line.trim_start().trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
        let Some(used) = begins.trim_start_matches("pub ").strip_prefix("use ") else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut tree = used.to_owned();
        while !tree.contains(';') {
            tree.push_str(lines.next().unwrap());
        }
        take_apart("", tree.split(';').next().unwrap(), &mut found);
    }
    found.extend(in_code(&rest));
    found
}

/// Takes `a::{b, c::{d, e}}` apart into `a::b`, `a::c::d` and `a::c::e`.
fn take_apart(before: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        if !tree.is_empty() {
            found.push(format!("{before}{tree}"));
        }
        return;
    };
    let before = format!("{before}{}", head.trim());
    let inner = group.rsplit_once('}').unwrap().0;
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                take_apart(&before, &inner[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    take_apart(&before, &inner[start..], found);
}

/// Returns the paths of two parts and more that stand in code.
fn in_code(code: &str) -> Vec<String> {
    let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    words.filter(|word| word.contains("::") && !word.starts_with(':')).map(str::to_owned).collect()
}

/// Returns the room that a path of a file leads to, if it leads through the root of the package.
fn room_of<'a>(file: &str, path: &'a str) -> Option<&'a str> {
    let mut parts = path.split("::").map(str::trim).peekable();
    match *parts.peek()? {
        "crate" | "morgue" => parts.nth(1),
        "super" => {
            let file = file.trim_end_matches(".rs").trim_end_matches("/mod");
            let ups = parts.clone().take_while(|part| *part == "super").count();
            // Tests stand in a module of their own, one step further down; no other module is inline.
            let depth = file.split('/').count();
            (ups >= depth).then(|| parts.nth(ups)).flatten()
        }
        _ => None,
    }
}

fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    files
}

/// Returns what is against the order in a file.
fn against_the_order(name: &str, text: &str) -> Vec<String> {
    let room = name.split(['/', '.']).next().unwrap();
    let (_, may_see) = MAY_SEE.iter().find(|(it, _)| *it == room).unwrap_or_else(|| panic!("no room `{room}`"));
    let paths = paths(&code(text));
    let rooms = paths.iter().filter_map(|path| room_of(name, path));
    let wrong = rooms.filter(|it| *it != room && MAY_SEE.iter().any(|(known, _)| known == it) && !may_see.contains(it));
    let mut wrong: Vec<String> = wrong.map(|it| format!("{name} imports {it}")).collect();
    wrong.dedup();
    wrong
}

/// Returns the crates that a file names and may not.
fn out_of_its_room(name: &str, text: &str) -> Vec<String> {
    let paths = paths(&code(text));
    let named = |library: &str| paths.iter().any(|path| path.split([':', ' ']).next() == Some(library));
    let wrong = ONLY_IN.iter().filter(|(library, room)| !name.starts_with(room) && named(library));
    wrong.map(|(library, _)| format!("{name} names {library}")).collect()
}

#[test]
fn rooms_import_only_what_stands_before_them() {
    let wrong: Vec<String> = files()
        .iter()
        .filter(|(name, _)| name != "lib.rs")
        .flat_map(|(name, text)| against_the_order(name, text))
        .collect();
    assert!(wrong.is_empty(), "against the order: {wrong:#?}");
}

#[test]
fn crates_stay_in_their_rooms() {
    let wrong: Vec<String> = files().iter().flat_map(|(name, text)| out_of_its_room(name, text)).collect();
    assert!(wrong.is_empty(), "outside its room: {wrong:#?}");
}

#[test]
fn no_way_of_writing_an_import_goes_unseen() {
    for text in [
        "use crate::server::router;",
        "use crate::{\n    article::Article,\n    server::{self, router},\n};",
        "pub(super) use super::super::server::router;",
        "fn f() { super::super::server::router() }",
        "fn f() { crate::server::router() }",
    ] {
        assert_eq!(against_the_order("reader/json.rs", text), ["reader/json.rs imports server"], "{text}");
    }
    for text in [
        "use tantivy::Index;",
        "use tantivy as engine;",
        "use {\n    std::io,\n    tantivy::Index,\n};",
        "fn f() -> tantivy::Result<()> {}",
    ] {
        assert_eq!(out_of_its_room("commands/archive.rs", text), ["commands/archive.rs names tantivy"], "{text}");
    }
    let sound = "use super::{Item, source};\nuse crate::{article::Article, index::{self, tantivy::TantivyEngine}};\n// crate::server";
    assert!(against_the_order("ingest/mod.rs", sound).is_empty() && out_of_its_room("ingest/mod.rs", sound).is_empty());
}
