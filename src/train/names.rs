//! Registry packages to the table of names known beforehand.
//!
//! Reads the package files as they are; see `data/names.md` for which, and `data/rebuild-names` for how they come here.

use std::{collections::HashMap, fs, path::Path};

use super::{Error, failed};
use crate::{
    extract::{
        gazetteer::{Gazetteer, Kind},
        names::{Known, START, grown, to_bytes},
        word::{Hash, folded},
    },
    text::token::tokens,
};

/// Names of more words than this are left out.
const MAX_WORDS: usize = 8;
/// Ranks of family names in the United States up to which they count as common, and as known.
const FAMILY_RANKS: [usize; 2] = [5_000, 25_000];
/// Organizations of our own list: kind, tab, name.
const ORGANIZATIONS: &str = include_str!("../../data/organizations.tsv");

/// The table as it grows: what is known under each key.
#[derive(Default)]
struct Table {
    known: HashMap<Hash, Known>,
}

impl Table {
    fn add(&mut self, name: &str, known: Known) {
        let tokens = tokens(name);
        let words = tokens.iter().map(|token| token.text(name)).filter(|word| *word != "-");
        let words: Vec<Hash> = words.map(folded).collect();
        if words.is_empty() || words.len() > MAX_WORDS || name.chars().count() < 2 {
            return;
        }
        let mut key = START;
        for (at, word) in words.iter().enumerate() {
            key = grown(key, *word);
            let entry = self.known.entry(key).or_default();
            *entry = entry.join(if at + 1 == words.len() { known } else { Known::PREFIX });
        }
    }
}

/// Builds the table out of the package files in a folder and writes it; returns what went in, for the user.
pub fn build(sources: &Path, gazetteer: &Gazetteer, output: &Path) -> Result<String, Error> {
    let mut table = Table::default();
    places(gazetteer, &mut table);
    people(sources, &mut table)?;
    organizations(sources, &mut table)?;
    let bytes = to_bytes(table.known.iter().map(|(key, known)| (*key, *known)))?;
    fs::write(output, &bytes).map_err(|error| failed(output, error))?;
    Ok(format!("{} names and beginnings of names, {} bytes in `{}`", table.known.len(), bytes.len(), output.display()))
}

/// Every name of the gazetteer, by the most telling place that bears it.
fn places(gazetteer: &Gazetteer, table: &mut Table) {
    gazetteer.each_name(|name| {
        let entries = gazetteer.entries(name);
        let class = entries.iter().map(|entry| match (entry.kind, entry.population) {
            (Kind::Country | Kind::Continent, _) => 1,
            (Kind::Region, _) => 2,
            (Kind::City, 100_000..) if !entry.alias => 3,
            (Kind::City, 15_000..) if !entry.alias => 4,
            (Kind::City, 100_000..) => 5,
            (Kind::City, 3_000..) if !entry.alias => 6,
            (Kind::District, _) => 7,
            (Kind::City, _) => 9,
            _ => 8,
        });
        if let Some(class) = class.min() {
            table.add(name, Known::place(class));
        }
    });
}

fn people(sources: &Path, table: &mut Table) -> Result<(), Error> {
    for (file, limits) in [("dist.male.first", [300, 1_200]), ("dist.female.first", [600, 4_300])] {
        for (rank, name) in ranked(&read(&sources.join("names").join(file))?) {
            let class = 1 + limits.iter().filter(|limit| rank >= **limit).count() as u16;
            table.add(&name, Known::given(class));
        }
    }
    for (rank, name) in ranked(&read(&sources.join("names/dist.all.last"))?) {
        let class = 1 + FAMILY_RANKS.iter().filter(|limit| rank >= **limit).count() as u16;
        table.add(&name, Known::family(class));
    }
    for name in read(&sources.join("humannames.txt"))?.lines() {
        table.add(name, Known::family(3));
    }
    for file in files_of(&sources.join("faker"))? {
        given_and_family(&read(&file)?, table);
    }
    for file in ["first_name_man_opti.csv", "first_name_woman_opti.csv"] {
        for line in read(&sources.join("japanese").join(file))?.lines() {
            line.split(',').nth(1).into_iter().for_each(|name| japanese(name, Known::given(2), table));
        }
    }
    for (rank, line) in read(&sources.join("japanese/last_name_org.csv"))?.lines().enumerate() {
        let class = if rank < 3_000 { 2 } else { 3 };
        line.split(',').nth(3).into_iter().for_each(|name| japanese(name, Known::family(class), table));
    }
    Ok(())
}

/// A name in Roman letters, with its long vowels written out and as newspapers write them.
fn japanese(name: &str, known: Known, table: &mut Table) {
    table.add(name, known);
    table.add(&name.replace("ou", "o").replace("oo", "o").replace("uu", "u"), known);
}

/// Reads a census list: a name in capitals, its share, a running sum, its rank.
fn ranked(text: &str) -> Vec<(usize, String)> {
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).enumerate().collect()
}

/// Reads the lists of a locale of the package `faker`: `first_names… = (…)`, `last_names… = (…)`.
fn given_and_family(text: &str, table: &mut Table) {
    let mut known = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let depth = line.len() - trimmed.len();
        if depth <= 4 && !trimmed.starts_with([')', ']', '}', '#', '"', '\'']) && !trimmed.is_empty() {
            known = match trimmed {
                _ if trimmed.starts_with("first_name") => Some(Known::given(2)),
                _ if trimmed.starts_with("last_name") || trimmed.starts_with("middle_name") => Some(Known::family(2)),
                _ => None,
            };
        }
        if let Some(known) = known {
            let code = trimmed.split(" # ").next().unwrap_or_default();
            for name in code.split('"').skip(1).step_by(2) {
                if name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’')) {
                    table.add(name, known);
                }
            }
        }
    }
}

fn organizations(sources: &Path, table: &mut Table) -> Result<(), Error> {
    for line in ORGANIZATIONS.lines().skip(1) {
        let Some((kind, name)) = line.split_once('\t') else { continue };
        let class = match kind {
            "company" => 1,
            "team" => 2,
            _ => 3,
        };
        table.add(name, Known::organization(class));
    }
    for name in values(&read(&sources.join("indices_data.py"))?, "'name': '", '\'') {
        table.add(&bare(name), Known::organization(1));
    }
    let airports = read(&sources.join("airports.csv"))?;
    for record in csv::Reader::from_reader(airports.as_bytes()).records().flatten() {
        let (Some(iata), Some(name)) = (record.get(1), record.get(2)) else { continue };
        if !iata.is_empty() && name.contains(' ') {
            table.add(name, Known::place(8));
        }
    }
    Ok(())
}

/// Takes legal forms off the name of a company.
fn bare(name: &str) -> String {
    const FORMS: [&str; 16] = [
        "Inc.",
        "Inc",
        "Corp.",
        "Corp",
        "Co.",
        "Ltd.",
        "Ltd",
        "plc",
        "PLC",
        "AG",
        "SE",
        "S.A.",
        "N.V.",
        "SA",
        "NV",
        "Corporation",
    ];
    let name = name.split(" (").next().unwrap_or(name);
    let mut name = name.trim_start_matches("The ").trim();
    while let Some((head, last)) = name.rsplit_once(' ')
        && FORMS.contains(&last)
    {
        name = head.trim_end_matches(',');
    }
    name.to_owned()
}

/// Returns what stands between each `before` and the next `end`.
fn values<'a>(text: &'a str, before: &str, end: char) -> Vec<&'a str> {
    let parts = text.split(before).skip(1);
    parts.filter_map(|part| part.split_once(end).map(|(value, _)| value)).collect()
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| failed(path, error))
}

fn files_of(folder: &Path) -> Result<Vec<std::path::PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let mut files: Vec<_> = entries.filter_map(|it| it.ok().map(|it| it.path())).collect();
    files.sort();
    Ok(files)
}
