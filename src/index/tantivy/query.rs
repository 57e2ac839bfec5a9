//! The query tree and the filters as tantivy queries. tantivy's own parser is never used: it aborts on deep nesting.

use std::ops::Bound;

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, FuzzyTermQuery, Occur, PhraseQuery, Query,
        RangeQuery, RegexQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::schema::{STEM, Schema};
use crate::{
    document::Facet,
    index::Error,
    query::{DayRange, Node, Scope, SearchRequest, Undated},
    text::{
        fold::fold,
        terms::{stems, terms},
    },
};

type Boxed = Box<dyn Query>;

/// How far the words of a name may stand apart, in `person:"jan kos"`.
const NAME_SLOP: u32 = 4;
/// The most wildcards in one pattern; more cost too much to follow through the dictionary.
const MAX_STARS: usize = 4;
/// The longest pattern, in characters.
const MAX_PATTERN: usize = 64;

/// Compiles queries for one archive.
pub(super) struct Compiler<'a> {
    pub(super) schema: &'a Schema,
    /// Languages of which the archive has articles.
    pub(super) languages: &'a [String],
}

impl Compiler<'_> {
    /// Returns the whole request as a query; without the included filters of `ignored`, if a facet's own counts are
    /// wanted.
    pub(super) fn request(&self, request: &SearchRequest, ignored: Option<Facet>) -> Result<Boxed, Error> {
        let mut parts = vec![(Occur::Must, self.node(&request.query)?)];
        let mut alternatives: Vec<(Facet, Vec<Boxed>)> = Vec::new();
        for filter in &request.filters {
            let Some(fields) = self.schema.facets.get(&filter.facet) else { continue };
            let query = term(fields.key, &fold(filter.value.trim()));
            if filter.exclude {
                parts.push((Occur::MustNot, query));
            } else if Some(filter.facet) == ignored {
            } else if filter.facet.is_single() {
                match alternatives.iter_mut().find(|(facet, _)| *facet == filter.facet) {
                    Some((_, queries)) => queries.push(query),
                    None => alternatives.push((filter.facet, vec![query])),
                }
            } else {
                parts.push((Occur::Must, silent(query)));
            }
        }
        parts.extend(alternatives.into_iter().map(|(_, queries)| (Occur::Must, silent(any(queries)))));
        if let Some(story) = &request.story {
            parts.push((Occur::Must, silent(term(self.schema.story, story))));
        }
        if let Some(range) = request.range.filter(|_| ignored != Some(Facet::Years)) {
            parts.push((Occur::Must, silent(self.published(range))));
        }
        match request.undated {
            Undated::Include => {}
            Undated::Only => parts.push((Occur::MustNot, self.dated())),
            Undated::Exclude => parts.push((Occur::Must, silent(self.dated()))),
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    fn node(&self, node: &Node) -> Result<Boxed, Error> {
        Ok(match node {
            Node::All => silent(Box::new(AllQuery)),
            Node::Nothing => Box::new(EmptyQuery),
            Node::Word { scope, word } => self.word(*scope, word),
            Node::Phrase { scope, words } => {
                let words = exact(&words.join(" "));
                any(self.fields(*scope).into_iter().map(|field| row(field, &words, 0)).collect())
            }
            Node::Wildcard { scope, pattern } => self.wildcard(*scope, pattern)?,
            Node::Fuzzy { scope, word } => self.fuzzy(*scope, word),
            Node::Near { scope, left, right, distance } => self.near(*scope, left, right, *distance),
            Node::Named { facet, words } => match self.schema.facets.get(facet) {
                Some(fields) => silent(row(fields.words, &exact(&words.join(" ")), NAME_SLOP)),
                None => Box::new(EmptyQuery),
            },
            Node::Published(range) => silent(self.published(*range)),
            Node::And(nodes) => self.all(nodes)?,
            Node::Or(nodes) => {
                let queries = nodes.iter().map(|node| self.node(node)).collect::<Result<Vec<_>, _>>()?;
                any(queries)
            }
            Node::Not(node) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, silent(Box::new(AllQuery))),
                (Occur::MustNot, self.node(node)?),
            ])),
        })
    }

    fn all(&self, nodes: &[Node]) -> Result<Boxed, Error> {
        let mut parts = Vec::with_capacity(nodes.len());
        for node in nodes {
            parts.push(match node {
                Node::Not(inner) => (Occur::MustNot, self.node(inner)?),
                node => (Occur::Must, self.node(node)?),
            });
        }
        if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            parts.push((Occur::Must, silent(Box::new(AllQuery))));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    fn fields(&self, scope: Scope) -> Vec<Field> {
        let (title, body) = (self.schema.title, self.schema.body);
        match scope {
            Scope::Anywhere => vec![title, body],
            Scope::Title => vec![title],
            Scope::Body => vec![body],
        }
    }

    fn word(&self, scope: Scope, word: &str) -> Boxed {
        let words = exact(word);
        let [one] = words.as_slice() else {
            return any(self.fields(scope).into_iter().map(|field| row(field, &words, 0)).collect());
        };
        let languages: Vec<&str> = self.languages.iter().map(String::as_str).collect();
        let stems = stems(word, &languages);
        let mut queries: Vec<Boxed> = Vec::new();
        for field in self.fields(scope) {
            queries.extend(stems.iter().map(|stem| scored(field, &format!("{STEM}{stem}"))));
            queries.push(scored(field, one));
        }
        any(queries)
    }

    fn wildcard(&self, scope: Scope, pattern: &str) -> Result<Boxed, Error> {
        let mut regex = String::new();
        let mut stars = 0;
        for c in fold(pattern).chars().take(MAX_PATTERN) {
            match c {
                '*' if regex.ends_with('*') && regex.ends_with("]*") => {}
                '*' => {
                    stars += 1;
                    regex.push_str("[^\u{1}]*");
                }
                '?' => regex.push_str("[^\u{1}]"),
                _ if c.is_alphanumeric() => regex.push(c),
                // Terms have no other characters in them.
                _ => {}
            }
        }
        if stars > MAX_STARS || !regex.chars().any(char::is_alphanumeric) {
            return Ok(Box::new(EmptyQuery));
        }
        let mut queries: Vec<Boxed> = Vec::new();
        for field in self.fields(scope) {
            let query = RegexQuery::from_pattern(&regex, field).map_err(|error| Error::Engine(error.to_string()))?;
            queries.push(Box::new(query));
        }
        Ok(any(queries))
    }

    fn fuzzy(&self, scope: Scope, word: &str) -> Boxed {
        let words = exact(word);
        let [one] = words.as_slice() else {
            return self.word(scope, word);
        };
        let distance = match one.chars().count() {
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        let near =
            |field| -> Boxed { Box::new(FuzzyTermQuery::new(Term::from_field_text(field, one), distance, true)) };
        any(self.fields(scope).into_iter().map(near).collect())
    }

    fn near(&self, scope: Scope, left: &str, right: &str, distance: u32) -> Boxed {
        let (left, right) = (exact(left), exact(right));
        let (Some(left), Some(right)) = (left.first(), right.first()) else {
            return Box::new(EmptyQuery);
        };
        let mut queries = Vec::new();
        for field in self.fields(scope) {
            for pair in [[left.clone(), right.clone()], [right.clone(), left.clone()]] {
                queries.push(row(field, &pair, distance));
            }
        }
        any(queries)
    }

    fn published(&self, range: DayRange) -> Boxed {
        let day = |field, day: i32| Term::from_field_i64(field, i64::from(day));
        let begins = RangeQuery::new(Bound::Unbounded, Bound::Included(day(self.schema.first_day, range.to)));
        let ends = RangeQuery::new(Bound::Included(day(self.schema.last_day, range.from)), Bound::Unbounded);
        Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(begins) as Boxed), (Occur::Must, Box::new(ends))]))
    }

    fn dated(&self) -> Boxed {
        let name = self.schema.inner.get_field_name(self.schema.published);
        Box::new(ExistsQuery::new(name.to_owned(), false))
    }
}

fn any(queries: Vec<Boxed>) -> Boxed {
    if queries.is_empty() {
        return Box::new(EmptyQuery);
    }
    Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Should, query)).collect()))
}

/// A filter: narrows, but says nothing about relevance.
fn silent(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

pub(super) fn term(field: Field, text: &str) -> Boxed {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn scored(field: Field, text: &str) -> Boxed {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

/// Exact words in a row.
fn row(field: Field, words: &[String], slop: u32) -> Boxed {
    match words {
        [] => Box::new(EmptyQuery),
        [one] => scored(field, one),
        _ => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word)).enumerate().collect();
            Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop))
        }
    }
}

fn exact(text: &str) -> Vec<String> {
    terms(text, Some("none")).into_iter().map(|term| term.text).collect()
}
