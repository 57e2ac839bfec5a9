//! Where a query matched in a document: spans of its headline and of its body.
//!
//! Looks for the same rows of forms as the index; knows no engine and no HTML.

use crate::{
    document::{Document, Facet},
    extract::{Mention, TextField},
    query::{
        Node, Scope,
        forms::{Form, Row, name_rows, rows},
    },
    text::{
        pattern::Pattern,
        terms::{Term, stems, terms},
    },
};

/// A query as far as it can be seen in a text. Excluded parts and dates cannot.
#[derive(Debug)]
pub(super) enum Wanted {
    /// A row in a text.
    Row(Scope, Row),
    /// Two rows with at most so many words between them.
    Near(Scope, Row, Row, usize),
    /// A name in which all of these stand: its mentions.
    Named(Facet, Vec<Row>),
    /// All of these, or else none is marked.
    All(Vec<Wanted>),
    /// Any of these.
    Any(Vec<Wanted>),
}

impl Wanted {
    pub(super) fn of(node: &Node) -> Self {
        match node {
            Node::And(nodes) => Self::All(nodes.iter().map(Self::of).collect()),
            Node::Or(nodes) => Self::Any(nodes.iter().map(Self::of).collect()),
            Node::Near { left, right, distance } => {
                let mut pairs = Vec::new();
                for left in rows(left) {
                    let pair = |right| Self::Near(node.scope(), left.clone(), right, *distance as usize);
                    pairs.extend(rows(right).into_iter().map(pair));
                }
                Self::All(pairs)
            }
            Node::Named { facet, parts } => Self::Named(*facet, parts.iter().flat_map(name_rows).collect()),
            node if node.is_text() => {
                Self::All(rows(node).into_iter().map(|row| Self::Row(node.scope(), row)).collect())
            }
            _ => Self::All(Vec::new()),
        }
    }

    /// Returns what matched in the title and in the body of a document.
    pub(super) fn find(&self, document: &Document, title: &str, body: &str) -> [Vec<Mark>; 2] {
        let language = document.language();
        let text = |whole, scope| Text { whole, scope, terms: terms(whole, language), marks: Vec::new() };
        let texts = [text(title, Scope::Title), text(body, Scope::Body)];
        let mut looked = Looked { document, language, texts, parts: 0, lenient: false };
        if !looked.mark(self) {
            // What is missing stands in the subtitle or far down a long body.
            looked.lenient = true;
            looked.mark(self);
        }
        looked.texts.map(|it| it.marks)
    }
}

/// A span of bytes that matched, and the number of the part of the query that it matched.
pub(super) type Mark = (usize, usize, usize);

/// One text of a document, with what has been found in it.
struct Text<'a> {
    whole: &'a str,
    scope: Scope,
    terms: Vec<Term>,
    marks: Vec<Mark>,
}

/// A document while it is looked through.
struct Looked<'a> {
    document: &'a Document,
    language: Option<&'a str>,
    texts: [Text<'a>; 2],
    /// Parts of the query so far.
    parts: usize,
    /// Whether parts of an `AND` are marked even if others of it are not there.
    lenient: bool,
}

impl Looked<'_> {
    /// Marks a part of the query; `false` if it is not there, and then nothing of it is marked.
    fn mark(&mut self, wanted: &Wanted) -> bool {
        let before = self.texts.each_ref().map(|text| text.marks.len());
        let found = match wanted {
            Wanted::Row(scope, row) => self.mark_row(*scope, row),
            Wanted::Near(scope, left, right, distance) => self.mark_near(*scope, left, right, *distance),
            Wanted::Named(facet, rows) => {
                self.mark_name(*facet, rows);
                true
            }
            // Each is looked for, whatever became of the others.
            Wanted::All(all) => all.iter().filter(|it| !self.mark(it)).count() == 0 || self.lenient,
            Wanted::Any(any) => any.iter().filter(|it| self.mark(it)).count() > 0,
        };
        if !found {
            for (text, before) in self.texts.iter_mut().zip(before) {
                text.marks.truncate(before);
            }
        }
        found
    }

    fn mark_row(&mut self, scope: Scope, row: &Row) -> bool {
        self.parts += 1;
        let row = Prepared::new(row, self.language);
        let mut any = false;
        for text in self.texts.iter_mut().filter(|text| scope == Scope::Anywhere || scope == text.scope) {
            for at in row.find(&text.terms) {
                text.mark(at, row.len(), self.parts);
                any = true;
            }
        }
        any
    }

    fn mark_near(&mut self, scope: Scope, left: &Row, right: &Row, distance: usize) -> bool {
        self.parts += 1;
        let (left, right) = (Prepared::new(left, self.language), Prepared::new(right, self.language));
        let mut any = false;
        for text in self.texts.iter_mut().filter(|text| scope == Scope::Anywhere || scope == text.scope) {
            let ends = right.find(&text.terms);
            for begin in left.find(&text.terms) {
                let reach = begin.saturating_sub(distance + right.len())..=begin + left.len() + distance;
                let from = ends.partition_point(|it| it < reach.start());
                for end in ends[from..].iter().take_while(|it| reach.contains(it)) {
                    if end + right.len() <= begin || begin + left.len() <= *end {
                        text.mark(begin, left.len(), self.parts);
                        text.mark(*end, right.len(), self.parts);
                        any = true;
                    }
                }
            }
        }
        any
    }

    /// Marks the mentions of names in which all rows stand.
    fn mark_name(&mut self, facet: Facet, rows: &[Row]) {
        self.parts += 1;
        let rows: Vec<Prepared> = rows.iter().map(|row| Prepared::new(row, None)).collect();
        let extraction = &self.document.extraction;
        let names: Vec<(&str, &[Mention])> = match facet {
            Facet::People => extraction.people.iter().map(|it| (it.name.as_str(), it.mentions.as_slice())).collect(),
            Facet::Organizations => {
                extraction.organizations.iter().map(|it| (it.name.as_str(), it.mentions.as_slice())).collect()
            }
            Facet::Places => extraction.places.iter().map(|it| (it.name.as_str(), it.mentions.as_slice())).collect(),
            _ => Vec::new(),
        };
        for (name, mentions) in names {
            let words = terms(name, Some("none"));
            if rows.is_empty() || !rows.iter().all(|row| !row.find(&words).is_empty()) {
                continue;
            }
            for mention in mentions {
                let text = match mention.field {
                    TextField::Title => &mut self.texts[0],
                    TextField::Body => &mut self.texts[1],
                    TextField::Subtitle => continue,
                };
                text.mark_span(mention.start as usize, mention.end as usize, self.parts);
            }
        }
    }
}

impl Text<'_> {
    fn mark(&mut self, first: usize, length: usize, part: usize) {
        let last = &self.terms[first + length - 1];
        self.marks.push((self.terms[first].start as usize, last.end as usize, part));
    }

    /// Marks a span of code points.
    fn mark_span(&mut self, start: usize, end: usize, part: usize) {
        let mut bounds = self.whole.char_indices().map(|(at, _)| at).chain([self.whole.len()]).skip(start);
        let Some(from) = bounds.next() else { return };
        if let Some(to) = end.checked_sub(start + 1).and_then(|more| bounds.nth(more)) {
            self.marks.push((from, to, part));
        }
    }
}

/// A row made ready for texts of one language.
struct Prepared<'a> {
    forms: Vec<(&'a Form, Vec<String>)>,
}

impl<'a> Prepared<'a> {
    fn new(row: &'a Row, language: Option<&str>) -> Self {
        let stems = |form: &Form| match form {
            Form::Inflected(word) => stems(word, &[language.unwrap_or("en")]),
            _ => Vec::new(),
        };
        Self { forms: row.iter().map(|form| (form, stems(form))).collect() }
    }

    fn len(&self) -> usize {
        self.forms.len()
    }

    /// Returns the numbers of the terms at which the row begins.
    fn find(&self, terms: &[Term]) -> Vec<usize> {
        let is = |term: &Term, (form, stems): &(&Form, Vec<String>)| match form {
            Form::Exact(word) => term.text == *word,
            Form::Inflected(word) => term.text == *word || term.stem.as_ref().is_some_and(|stem| stems.contains(stem)),
            Form::Glob(glob) => glob.matches(&term.text),
            Form::Fuzzy(fuzzy) => fuzzy.matches(&term.text),
        };
        let whole = |row: &[Term]| row.iter().zip(&self.forms).all(|(term, form)| is(term, form));
        let windows = terms.windows(self.len().max(1)).enumerate();
        windows.filter(|(_, row)| whole(row)).map(|(at, _)| at).collect()
    }
}
