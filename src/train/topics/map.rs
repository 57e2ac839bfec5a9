//! What sections and tags of other corpora say of a heading: a file of rules, one a line.
//!
//! A rule knows of some headings only: an article of the section `sport` is about sport and hardly about religion, but of
//! labour it says nothing.

use std::path::Path;

use crate::{
    article::Article,
    train::{Error, failed},
};

#[derive(Debug, Clone)]
struct Rule {
    /// `section` or `tags`.
    field: String,
    value: String,
    has: Vec<String>,
    lacks: Vec<String>,
}

/// The rules.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<Rule>);

/// What the rules say of one article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) has: Vec<String>,
    pub(super) lacks: Vec<String>,
}

impl Rules {
    /// Reads a file with field, value, the headings it has and those it lacks, between tabs; headings are separated by
    /// spaces, and `#` begins a remark.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| failed(path, error))?;
        let mut rules = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let ([field, value, has] | [field, value, has, ..]) = columns[..] else {
                let reason = "expected a field, a value and headings between tabs".to_owned();
                return Err(Error::Corpus { path: path.to_owned(), line: number + 1, reason });
            };
            let list = |text: &str| text.split_whitespace().map(str::to_owned).collect();
            let lacks = list(columns.get(3).copied().unwrap_or_default());
            rules.push(Rule { field: field.to_owned(), value: value.to_owned(), has: list(has), lacks });
        }
        Ok(Self(rules))
    }

    /// Returns what the rules say of an article; `None` where none fits.
    pub(super) fn known(&self, article: &Article) -> Option<Known> {
        let mut known = Known::default();
        for rule in &self.0 {
            let fits = match rule.field.as_str() {
                "section" => article.section == rule.value,
                "tags" => article.tags.contains(&rule.value),
                _ => article.topics.contains(&rule.value),
            };
            if fits {
                known.has.extend(rule.has.iter().cloned());
                known.lacks.extend(rule.lacks.iter().cloned());
            }
        }
        known.lacks.retain(|heading| !known.has.contains(heading));
        (!known.has.is_empty()).then_some(known)
    }
}
