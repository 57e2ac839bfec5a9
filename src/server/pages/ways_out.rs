//! What to say when nothing was found: which words or filters to drop, each with the number of articles that then remain.
//!
//! Asks ordinary searches, a bounded number of them, and offers only what finds something.

use super::{facets::Chip, words};
use crate::{
    index::Engine,
    search,
    server::{error::Error, params::Pairs},
};

/// The most searches that are tried.
const MOST_TRIES: usize = 10;
/// The most ways out that are offered.
const MOST_OFFERED: usize = 5;

/// A way out.
pub(super) struct WayOut {
    /// `12 articles`.
    pub(super) count: String,
    /// What they have, each to be emphasised; empty where `label` says it all.
    pub(super) have: Vec<String>,
    /// `drop`, `without the filter`, `have any of the words`.
    pub(super) label: &'static str,
    /// What is dropped.
    pub(super) dropped: String,
    pub(super) href: String,
    /// How many, for the order.
    found: u64,
}

/// Returns ways out of a search that found nothing, the ones that find most first.
pub(super) fn ways_out(engine: &dyn Engine, pairs: &Pairs, chips: &[Chip]) -> Result<Vec<WayOut>, Error> {
    let clauses = clauses(pairs.get("q").unwrap_or_default());
    let mut tries: Vec<(WayOut, Pairs)> = Vec::new();
    let way = |have: Vec<String>, label: &'static str, dropped: &str, other: &Pairs| WayOut {
        count: String::new(),
        have,
        label,
        dropped: dropped.to_owned(),
        href: other.link(),
        found: 0,
    };
    for chip in chips {
        let name = format!("{} {}", chip.kind, chip.value);
        tries.push((way(Vec::new(), "without the filter", name.trim(), &chip.without), chip.without.clone()));
    }
    if clauses.len() > 1 {
        for clause in &clauses {
            let rest: Vec<String> = clauses.iter().filter(|it| *it != clause).cloned().collect();
            let other = pairs.set("q", &rest.join(" "));
            tries.push((way(rest, "drop", clause, &other), other));
        }
        let any = pairs.set("match", "any");
        tries.push((way(Vec::new(), "have any of the words", "", &any), any));
    } else if let [word] = clauses.as_slice()
        && word.chars().all(char::is_alphanumeric)
    {
        let near = pairs.set("q", &format!("{word}~"));
        tries.push((way(Vec::new(), "have a word spelled nearly so", "", &near), near));
    }
    let mut ways = Vec::new();
    for (mut way, other) in tries.into_iter().take(MOST_TRIES) {
        let wanted = other.of_search().without_counts().set("limit", "0");
        way.found = search::search(engine, &wanted.0)?.total;
        way.count = words::articles(way.found);
        if way.found > 0 {
            ways.push(way);
        }
    }
    // What keeps most of the question comes first: one word or filter fewer, before any of the words.
    ways.sort_by_key(|way| (way.dropped.is_empty(), std::cmp::Reverse(way.found)));
    ways.truncate(MOST_OFFERED);
    Ok(ways)
}

/// Splits a plain query at its spaces, quotations kept whole; a query with operators is one clause.
fn clauses(q: &str) -> Vec<String> {
    let operators = q.split_whitespace().any(|word| matches!(word, "OR" | "NOT" | "AND") || word.starts_with("NEAR"));
    if operators || q.contains(['(', ')', '“', '”', '„', '«', '»']) {
        return vec![q.to_owned()];
    }
    let mut clauses = Vec::new();
    let mut clause = String::new();
    let mut quoted = false;
    for c in q.chars() {
        quoted ^= c == '"';
        if c.is_whitespace() && !quoted {
            clauses.extend(Some(std::mem::take(&mut clause)).filter(|it| !it.is_empty()));
        } else {
            clause.push(c);
        }
    }
    clauses.extend(Some(clause).filter(|it| !it.is_empty()));
    clauses
}

#[cfg(test)]
mod tests {
    use super::clauses;

    #[test]
    fn quotations_stay_whole_and_operators_are_left_alone() {
        assert_eq!(clauses("peace  \"red line\" -war"), ["peace", "\"red line\"", "-war"]);
        assert_eq!(clauses("(peace OR war) talks").len(), 1);
        assert!(clauses(" ").is_empty());
    }
}
