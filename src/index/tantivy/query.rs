//! The query tree and the filters as tantivy queries. tantivy's own parser is never used: it aborts on deep nesting.

use std::ops::Bound;

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, Occur, PhraseQuery, Query, RangeQuery,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    clock::Clock,
    gathered::Gathered,
    positions::{Place, Positions, Shape},
    schema::{STEM, Schema},
};
use crate::{
    document::Facet,
    query::{
        DayRange, Node, Scope, SearchRequest, Undated,
        forms::{Form, Row, name_rows, rows},
    },
    text::{fold::fold, terms::stems},
};

type Boxed = Box<dyn Query>;

/// Compiles queries for one archive.
pub(super) struct Compiler<'a> {
    pub(super) schema: &'a Schema,
    /// Languages of which the archive has articles.
    pub(super) languages: &'a [String],
    /// When the search must end.
    pub(super) clock: Clock,
}

impl Compiler<'_> {
    /// Returns the whole request as a query; without the included filters of `ignored`, if a facet's own counts are
    /// wanted.
    pub(super) fn request(&self, request: &SearchRequest, ignored: Option<Facet>) -> Boxed {
        let mut parts = vec![(Occur::Must, self.node(&request.query))];
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
        let story = |id: &String| term(self.schema.story, id);
        if !request.stories.is_empty() {
            parts.push((Occur::Must, silent(any(request.stories.iter().map(story).collect()))));
        }
        parts.extend(request.excluded_stories.iter().map(|id| (Occur::MustNot, story(id))));
        if let Some(range) = request.range.filter(|_| ignored != Some(Facet::Years)) {
            parts.push((Occur::Must, silent(self.published(range))));
        }
        match request.undated {
            Undated::Include => {}
            Undated::Only => parts.push((Occur::MustNot, self.dated())),
            Undated::Exclude => parts.push((Occur::Must, silent(self.dated()))),
        }
        Box::new(BooleanQuery::new(parts))
    }

    fn node(&self, node: &Node) -> Boxed {
        match node {
            Node::All => silent(Box::new(AllQuery)),
            Node::Nothing => Box::new(EmptyQuery),
            Node::Word { .. } | Node::Phrase { .. } | Node::Wildcard { .. } | Node::Fuzzy { .. } => self.text(node),
            Node::Near { left, right, distance } => self.near(left, right, *distance),
            Node::Named { facet, parts } => self.named(*facet, parts),
            Node::Published(range) if (range.from, range.to) == (i32::MIN, i32::MAX) => silent(self.dated()),
            Node::Published(range) => silent(self.published(*range)),
            Node::And(nodes) => self.all(nodes),
            Node::Or(nodes) => any(nodes.iter().map(|node| self.node(node)).collect()),
            Node::Not(node) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, silent(Box::new(AllQuery))),
                (Occur::MustNot, self.excluded(node)),
            ])),
        }
    }

    fn excluded(&self, node: &Node) -> Boxed {
        Box::new(Gathered { query: self.node(node), clock: self.clock })
    }

    fn all(&self, nodes: &[Node]) -> Boxed {
        let mut parts = Vec::with_capacity(nodes.len());
        for node in nodes {
            parts.push(match node {
                Node::Not(inner) => (Occur::MustNot, self.excluded(inner)),
                node => (Occur::Must, self.node(node)),
            });
        }
        if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            parts.push((Occur::Must, silent(Box::new(AllQuery))));
        }
        Box::new(BooleanQuery::new(parts))
    }

    fn fields(&self, scope: Scope) -> Vec<Field> {
        let (title, body) = (self.schema.title, self.schema.body);
        match scope {
            Scope::Anywhere => vec![title, body],
            Scope::Title => vec![title],
            Scope::Body => vec![body],
        }
    }

    /// A word, phrase, wildcard or near spelling, in any field of its scope.
    fn text(&self, node: &Node) -> Boxed {
        let rows = rows(node);
        if rows.is_empty() {
            return Box::new(EmptyQuery);
        }
        let in_field = |field: Field| both(rows.iter().map(|row| self.row(field, row)).collect());
        any(self.fields(node.scope()).into_iter().map(in_field).collect())
    }

    fn row(&self, field: Field, row: &Row) -> Boxed {
        match row.as_slice() {
            [Form::Exact(term)] => scored(field, term),
            [Form::Inflected(_)] => any(self.alternatives(&row[0]).iter().map(|term| scored(field, term)).collect()),
            [_] => self.positions(field, std::slice::from_ref(row), Shape::Row),
            _ => match exact_terms(row) {
                Some(terms) => in_a_row(field, &terms),
                // What is near or in a row is found silently; its words say how much it is about.
                None => self.scored_by_words(
                    field,
                    self.positions(field, std::slice::from_ref(row), Shape::Row),
                    std::slice::from_ref(row),
                ),
            },
        }
    }

    fn near(&self, left: &Node, right: &Node, distance: u32) -> Boxed {
        let (left_rows, right_rows) = (rows(left), rows(right));
        if left_rows.is_empty() || right_rows.is_empty() {
            return Box::new(EmptyQuery);
        }
        let in_field = |field: Field| {
            let mut pairs = Vec::new();
            for left in &left_rows {
                for right in &right_rows {
                    let pair = [left.clone(), right.clone()];
                    let near = self.positions(field, &pair, Shape::Near(distance));
                    pairs.push(self.scored_by_words(field, near, &pair));
                }
            }
            both(pairs)
        };
        any(self.fields(left.scope()).into_iter().map(in_field).collect())
    }

    fn named(&self, facet: Facet, parts: &[Node]) -> Boxed {
        let Some(fields) = self.schema.facets.get(&facet) else { return Box::new(EmptyQuery) };
        if let [Node::Wildcard { pattern, .. }] = parts
            && pattern == "*"
        {
            return silent(Box::new(ExistsQuery::new(facet.name().to_owned(), false)));
        }
        let mut all = Vec::new();
        for part in parts {
            let found = name_rows(part);
            if found.is_empty() {
                return Box::new(EmptyQuery);
            }
            all.extend(found);
        }
        silent(match all.as_slice() {
            [row] => self.row(fields.words, row),
            _ => self.positions(fields.words, &all, Shape::OneValue),
        })
    }

    /// The terms that a form stands for.
    fn alternatives(&self, form: &Form) -> Vec<String> {
        match form {
            Form::Inflected(word) => {
                let languages: Vec<&str> = self.languages.iter().map(String::as_str).collect();
                let stems = stems(word, &languages);
                stems.into_iter().map(|stem| format!("{STEM}{stem}")).chain([word.clone()]).collect()
            }
            Form::Exact(word) => vec![word.clone()],
            Form::Glob(_) | Form::Fuzzy(_) => Vec::new(),
        }
    }

    fn positions(&self, field: Field, rows: &[Row], shape: Shape) -> Boxed {
        let place = |form: &Form| match form {
            Form::Glob(glob) => Place::Glob(glob.clone()),
            Form::Fuzzy(fuzzy) => Place::Fuzzy(fuzzy.clone()),
            form => Place::Terms(self.alternatives(form)),
        };
        let rows = rows.iter().map(|row| row.iter().map(place).collect()).collect();
        Box::new(Positions { field, rows, shape, clock: self.clock })
    }

    fn scored_by_words(&self, field: Field, found: Boxed, rows: &[Row]) -> Boxed {
        let words = rows.iter().flatten().flat_map(|form| self.alternatives(form));
        let mut parts = vec![(Occur::Must, silent(found))];
        parts.extend(words.map(|word| (Occur::Should, scored(field, &word))));
        Box::new(BooleanQuery::new(parts))
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

fn both(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Must, query)).collect())),
    }
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

/// The terms of a row that has nothing else in it.
fn exact_terms<'a>(row: &'a Row) -> Option<Vec<&'a str>> {
    let exact = |form: &'a Form| match form {
        Form::Exact(term) => Some(term.as_str()),
        _ => None,
    };
    row.iter().map(exact).collect()
}

fn in_a_row(field: Field, terms: &[&str]) -> Boxed {
    Box::new(PhraseQuery::new(terms.iter().map(|term| Term::from_field_text(field, term)).collect()))
}
