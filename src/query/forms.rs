//! What the words of a query match in a text: rows of forms, place by place.
//!
//! Engines compile these rows and snippets look for them, so that what is marked is what matched. Knows no engine.

use super::Node;
use crate::text::{
    fold::fold,
    pattern::{Fuzzy, Glob},
    terms::{exact, is_unspaced_word, patterns, terms, unspaced_patterns},
};

/// What may stand at one place of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// This term.
    Exact(String),
    /// This term or one with the same stem.
    Inflected(String),
    /// A term of this form.
    Glob(Glob),
    /// A near spelling.
    Fuzzy(Fuzzy),
}

/// Forms that stand in a row; never empty.
pub type Row = Vec<Form>;

/// Returns the rows that a word, phrase, wildcard or near spelling looks for; all of them must be there. Nearly always
/// one; none if nothing can match. Other nodes have none.
pub fn rows(node: &Node) -> Vec<Row> {
    let row: Row = match node {
        Node::Word { word, .. } => word_row(word),
        Node::Phrase { words, .. } => exact_row(&words.join(" ")),
        Node::Fuzzy { word, .. } => exact(word)
            .into_iter()
            .map(|term| Fuzzy::new(&term).map_or_else(|| Form::Exact(term.clone()), Form::Fuzzy))
            .collect(),
        Node::Wildcard { pattern, .. } if is_unspaced_word(pattern) => {
            let parts = pattern.split('*').map(unspaced_patterns);
            return parts.filter(|it| !it.is_empty()).filter_map(|it| it.iter().map(|it| wild(it)).collect()).collect();
        }
        Node::Wildcard { pattern, .. } => {
            return patterns(pattern).iter().map(|it| wild(it)).collect::<Option<Row>>().into_iter().collect();
        }
        _ => Row::new(),
    };
    if row.is_empty() { Vec::new() } else { vec![row] }
}

/// Returns the rows that a part of a name looks for: as [`rows`], but names have no inflections.
pub fn name_rows(node: &Node) -> Vec<Row> {
    match node {
        Node::Word { word, .. } => {
            let row = exact_row(word);
            if row.is_empty() { Vec::new() } else { vec![row] }
        }
        _ => rows(node),
    }
}

/// Says whether a pattern is short enough to be matched.
pub(super) fn fits(pattern: &str) -> bool {
    let bounded = |parts: Vec<String>| parts.iter().all(|it| Glob::new(it).is_some());
    if is_unspaced_word(pattern) {
        pattern.split('*').all(|part| bounded(unspaced_patterns(part)))
    } else {
        bounded(patterns(pattern))
    }
}

fn word_row(word: &str) -> Row {
    if let Some(form) = single_unspaced(word) {
        return vec![form];
    }
    let inflected = |term: crate::text::terms::Term| match term.stem {
        Some(_) => Form::Inflected(term.text),
        None => Form::Exact(term.text),
    };
    terms(word, Some("en")).into_iter().map(inflected).collect()
}

fn exact_row(text: &str) -> Row {
    match single_unspaced(text) {
        Some(form) => vec![form],
        None => exact(text).into_iter().map(Form::Exact).collect(),
    }
}

/// A single character of a script without spaces may stand anywhere in a pair.
fn single_unspaced(text: &str) -> Option<Form> {
    let mut chars = text.chars().filter(|c| c.is_alphanumeric());
    let (Some(only), None) = (chars.next(), chars.next()) else { return None };
    let only = only.to_string();
    if is_unspaced_word(&only) { wild(&format!("*{}*", fold(&only))) } else { None }
}

fn wild(pattern: &str) -> Option<Form> {
    if pattern.contains(['*', '?']) {
        Glob::new(pattern).map(Form::Glob)
    } else {
        Some(Form::Exact(pattern.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    fn shown(query: &str) -> String {
        let form = |form: &Form| match form {
            Form::Exact(term) => term.clone(),
            Form::Inflected(term) => format!("{term}+"),
            Form::Glob(glob) => glob.pattern().to_owned(),
            Form::Fuzzy(_) => "~".to_owned(),
        };
        let row = |row: &Row| row.iter().map(form).collect::<Vec<_>>().join(" ");
        rows(&parse(query, false).node).iter().map(row).collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn words_become_rows_of_forms() {
        for (query, expected) in [
            ("talks", "talks+"),
            ("peace-talks", "peace+ talks+"),
            ("\"peace-talks\"", "peace talks"),
            ("o'bri*", "obri*"),
            ("co-op*", "co op*"),
            ("東京都", "東京 京都"),
            ("東", "*東*"),
            ("東*都", "*東* & *都*"),
            ("東京*", "東京"),
            ("harbuor~", "~"),
        ] {
            assert_eq!(shown(query), expected, "{query}");
        }
    }
}
