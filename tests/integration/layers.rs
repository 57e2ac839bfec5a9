//! Holds the import order of `ARCHITECTURE.md`: a room sees only what stands before it, and knowledge stays in its room.

use std::{fs, path::Path};

/// Each room with the rooms that it may import.
const MAY_SEE: [(&str, &[&str]); 16] = [
    ("article", &[]),
    ("text", &[]),
    ("reader", &["article", "text"]),
    ("extract", &["article", "text"]),
    ("train", &["article", "text", "extract", "reader"]),
    ("document", &["article", "text", "reader", "extract"]),
    ("query", &["article", "text", "extract", "document"]),
    ("index", &["article", "text", "extract", "document", "query"]),
    ("ledger", &["article", "text", "extract", "document", "query"]),
    ("search", &["article", "text", "extract", "document", "query", "index", "ledger"]),
    ("ingest", &["article", "text", "reader", "extract", "document", "query", "index", "ledger"]),
    ("server", &["article", "text", "reader", "extract", "document", "query", "index", "ledger", "search", "ingest"]),
    ("cli", &[]),
    ("config", &["article", "text"]),
    (
        "commands",
        &[
            "article", "text", "reader", "extract", "train", "document", "query", "index", "ledger", "search",
            "ingest", "server", "cli", "config",
        ],
    ),
    ("main", &["cli", "commands"]),
];

/// Crates that only one room may name.
const ONLY_IN: [(&str, &str); 7] = [
    ("axum", "server"),
    ("tokio", "server"),
    ("hyper", "server"),
    ("tower_http", "server"),
    ("tantivy", "index/tantivy"),
    ("rusqlite", "ledger"),
    ("clap", "cli.rs"),
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

/// Returns the rooms that a file names after `crate::`, in single paths and in `crate::{…}` groups.
fn imports(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut begins) = (0, true);
            for (offset, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => begins = true,
                    _ if begins && c.is_alphabetic() => {
                        rooms.push(word(&group[offset..]));
                        begins = false;
                    }
                    _ => {}
                }
            }
        } else {
            rooms.push(word(rest));
        }
    }
    rooms
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn rooms_import_only_what_stands_before_them() {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let mut wrong = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| name != "lib.rs") {
        let room = name.split(['/', '.']).next().unwrap();
        let (_, may_see) = MAY_SEE.iter().find(|(it, _)| *it == room).unwrap_or_else(|| panic!("no room `{room}`"));
        for import in imports(&code(text)) {
            let known = MAY_SEE.iter().any(|(it, _)| *it == import);
            if known && import != room && !may_see.contains(&import.as_str()) {
                wrong.push(format!("{name} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the order: {wrong:#?}");
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut files = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
    let mut wrong = Vec::new();
    for (name, text) in &files {
        let code = code(text);
        for (library, room) in ONLY_IN {
            let named = [format!("{library}::"), format!("use {library}")];
            // The program parses its arguments, and completions are made from the same definition.
            let exempt = library == "clap" && (name == "main.rs" || name == "commands/mod.rs");
            let own = name.starts_with(room)
                || (library == "tantivy" && code.contains("index::tantivy::") && !code.contains("use tantivy"));
            if !exempt && !own && named.iter().any(|it| names(&code, it)) {
                wrong.push(format!("{name} names {library}"));
            }
        }
    }
    assert!(wrong.is_empty(), "outside its room: {wrong:#?}");
}

/// Finds `pattern` where it begins a path, so that `index::tantivy::` is not `tantivy::`.
fn names(code: &str, pattern: &str) -> bool {
    code.match_indices(pattern).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}
