//! Random questions, written as parameters of a search and answered by looking at every record.

use std::collections::BTreeMap;

use super::record::{Record, Where, fold, words};

/// Numbers that are the same in every run (xorshift).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below the bound.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

/// A part of a query.
enum Part {
    Word(Where, String),
    Row(Where, Vec<String>),
    Form(Where, String, String),
    Near(String, String, usize),
    Name(&'static str, Vec<String>, bool),
    Published(Option<String>, Option<String>),
    Either(Vec<Part>),
    Not(Box<Part>),
}

/// A whole question.
pub(super) struct Question {
    parts: Vec<Part>,
    any: bool,
    /// Facet, value, whether it is excluded.
    filters: Vec<(&'static str, String, bool)>,
    from: Option<String>,
    to: Option<String>,
    undated: Option<&'static str>,
    sort: &'static str,
    histogram: &'static str,
}

/// Facets with the parameter that filters by each.
const PARAMETERS: [(&str, &str); 9] = [
    ("people", "person"),
    ("places", "place"),
    ("organizations", "organization"),
    ("topics", "topic"),
    ("sources", "source"),
    ("sections", "section"),
    ("authors", "author"),
    ("languages", "language"),
    ("countries", "country"),
];
/// Facets of which an article has at most one value.
const SINGLE: [&str; 4] = ["sources", "sections", "languages", "years"];

impl Question {
    /// Makes up a question whose words and names are those of some article.
    pub(super) fn random(random: &mut Random, records: &[Record]) -> Self {
        let about = loop {
            let record = random.pick(records);
            if record.body.len() > 20 {
                break record;
            }
        };
        let mut question = Self {
            parts: Vec::new(),
            any: random.one_in(5),
            filters: Vec::new(),
            from: None,
            to: None,
            undated: None,
            sort: ["relevance", "newest", "oldest"][random.below(3)],
            histogram: ["auto", "day", "month", "year"][random.below(4)],
        };
        for _ in 0..random.below(4) {
            let other = if random.one_in(3) { random.pick(records) } else { about };
            question.parts.extend(Part::random(random, other, 0));
        }
        for _ in 0..random.below(3) {
            let (facet, _) = *random.pick(&PARAMETERS);
            let of = if random.one_in(4) { random.pick(records) } else { about };
            if let [_, ..] = of.values[facet].as_slice() {
                let value = random.pick(&of.values[facet]).clone();
                question.filters.push((facet, value, random.one_in(4)));
            }
        }
        if random.one_in(3) {
            question.from = random.pick(records).published.as_deref().map(|date| shortened(random, date));
        }
        if random.one_in(3) {
            question.to = random.pick(records).published.as_deref().map(|date| shortened(random, date));
        }
        if let (Some(from), Some(to)) = (&question.from, &question.to)
            && from > to
        {
            std::mem::swap(&mut question.from, &mut question.to);
        }
        if random.one_in(6) {
            question.undated = Some(["only", "exclude"][random.below(2)]);
        }
        question
    }

    /// Returns the parameters of the search.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let query: Vec<String> = self.parts.iter().map(Part::written).collect();
        let mut pairs = vec![("q".to_owned(), query.join(" ")), ("sort".to_owned(), self.sort.to_owned())];
        pairs.push(("histogram".to_owned(), self.histogram.to_owned()));
        if self.any {
            pairs.push(("match".to_owned(), "any".to_owned()));
        }
        for (facet, value, excluded) in &self.filters {
            let (_, parameter) = PARAMETERS.iter().find(|it| it.0 == *facet).unwrap();
            let prefix = if *excluded { "exclude_" } else { "" };
            pairs.push((format!("{prefix}{parameter}"), value.clone()));
        }
        let optional = [("from", &self.from), ("to", &self.to), ("undated", &self.undated.map(str::to_owned))];
        pairs.extend(optional.iter().filter_map(|(name, value)| Some(((*name).to_owned(), (*value).clone()?))));
        pairs
    }

    /// Says whether a record answers; without the included filters of a facet, if its own counts are wanted.
    pub(super) fn matches(&self, record: &Record, ignored: Option<&str>) -> bool {
        let (unwanted, wanted): (Vec<&Part>, Vec<&Part>) = self.parts.iter().partition(|it| matches!(it, Part::Not(_)));
        let asked = match (self.any, wanted.is_empty()) {
            (_, true) => true,
            (true, _) => wanted.iter().any(|it| it.matches(record)),
            (false, _) => wanted.iter().all(|it| it.matches(record)),
        };
        asked
            && unwanted.iter().all(|it| it.matches(record))
            && self.passes(record, ignored)
            && match self.undated {
                Some("only") => record.published.is_none(),
                Some(_) => record.published.is_some(),
                None => true,
            }
            && (ignored == Some("years")
                || self.from.is_none() && self.to.is_none()
                || record.lies_in(self.from.as_deref(), self.to.as_deref()))
    }

    fn passes(&self, record: &Record, ignored: Option<&str>) -> bool {
        let has = |facet: &str, value: &str| record.values[facet].iter().any(|it| fold(it) == fold(value));
        let included = |facet: &str| -> Vec<&str> {
            self.filters.iter().filter(|it| it.0 == facet && !it.2).map(|it| it.1.as_str()).collect()
        };
        PARAMETERS.iter().all(|(facet, _)| {
            let values = included(facet);
            values.is_empty()
                || ignored == Some(facet)
                || if SINGLE.contains(facet) {
                    values.iter().any(|it| has(facet, it))
                } else {
                    values.iter().all(|it| has(facet, it))
                }
        }) && self.filters.iter().filter(|it| it.2).all(|(facet, value, _)| !has(facet, value))
    }

    /// Returns the count of each value of a facet, folded.
    pub(super) fn counts(&self, facet: &str, records: &[Record]) -> BTreeMap<String, u64> {
        let ignored = SINGLE.contains(&facet).then_some(facet);
        let mut counts = BTreeMap::new();
        for record in records.iter().filter(|record| self.matches(record, ignored)) {
            for value in &record.values[facet] {
                *counts.entry(fold(value)).or_default() += 1;
            }
        }
        counts
    }
}

impl Part {
    fn random(random: &mut Random, about: &Record, depth: usize) -> Option<Self> {
        let scope = *random.pick(&[Where::Anywhere, Where::Anywhere, Where::Title, Where::Body]);
        let text = if scope == Where::Title || about.body.len() < 8 { &about.title } else { &about.body };
        let word = |random: &mut Random| {
            let plain = |word: &&String| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
            let plain: Vec<&String> = text.iter().filter(plain).filter(|it| *it != "not" && *it != "near").collect();
            if plain.is_empty() { None } else { Some((*random.pick(&plain)).clone()) }
        };
        Some(match random.below(if depth > 0 { 7 } else { 11 }) {
            0..=2 => Self::Word(scope, word(random)?),
            3 => {
                let start = random.below(text.len().saturating_sub(3));
                let row: Vec<String> = text.iter().skip(start).take(2 + random.below(2)).cloned().collect();
                if row.is_empty() {
                    return None;
                }
                Self::Row(scope, row)
            }
            4 => {
                let word = word(random)?;
                let (begins, ends) = word.split_at(2 + random.below(word.len() - 2));
                match random.below(3) {
                    0 => Self::Form(scope, begins.to_owned(), String::new()),
                    1 => Self::Form(scope, String::new(), ends.to_owned()),
                    _ => Self::Form(scope, begins.to_owned(), ends.to_owned()),
                }
            }
            5 => Self::Near(word(random)?, word(random)?, random.below(8)),
            6 => {
                let (facet, _) = *random.pick(&PARAMETERS[..4]);
                let value = about.values[facet].first()?;
                let mut name = words(value);
                let in_a_row = random.one_in(2);
                if !in_a_row {
                    name.reverse();
                }
                if name.is_empty() || name.iter().any(|it| !it.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
                    return None;
                }
                Self::Name(facet, name, in_a_row)
            }
            7 => {
                let date = about.published.as_deref()?;
                let (from, to) = (shortened(random, date), shortened(random, date));
                match random.below(3) {
                    0 => Self::Published(Some(from), None),
                    1 => Self::Published(None, Some(to)),
                    _ => Self::Published(Some(from.clone()), Some(from)),
                }
            }
            8 | 9 => {
                let either: Vec<Self> = (0..2).filter_map(|_| Self::random(random, about, depth + 1)).collect();
                if either.is_empty() {
                    return None;
                }
                Self::Either(either)
            }
            _ => Self::Not(Box::new(Self::random(random, about, depth + 1)?)),
        })
    }

    fn written(&self) -> String {
        let field = |scope: &Where| match scope {
            Where::Anywhere => "",
            Where::Title => "title:",
            Where::Body => "body:",
        };
        match self {
            Self::Word(scope, word) => format!("{}{word}", field(scope)),
            Self::Row(scope, row) => format!("{}\"{}\"", field(scope), row.join(" ")),
            Self::Form(scope, begins, ends) => format!("{}{begins}*{ends}", field(scope)),
            Self::Near(left, right, distance) => format!("({left} NEAR/{distance} {right})"),
            Self::Name(facet, name, true) => format!("{facet}:\"{}\"", name.join(" ")),
            Self::Name(facet, name, false) => format!("{facet}:({})", name.join(" AND ")),
            Self::Published(from, to) if from == to => format!("published:{}", from.as_deref().unwrap_or("*")),
            Self::Published(from, to) => {
                format!("published:{}..{}", from.as_deref().unwrap_or(""), to.as_deref().unwrap_or(""))
            }
            Self::Either(parts) => format!("({})", parts.iter().map(Self::written).collect::<Vec<_>>().join(" OR ")),
            Self::Not(part) => format!("-{}", part.written()),
        }
    }

    fn matches(&self, record: &Record) -> bool {
        match self {
            Self::Word(scope, word) => record.has_word(*scope, word),
            Self::Row(scope, row) => record.has_row(*scope, row),
            Self::Form(scope, begins, ends) => record.has_form(*scope, begins, ends),
            Self::Near(left, right, distance) => record.has_near(left, right, *distance),
            Self::Name(facet, name, in_a_row) => record.has_name(facet, name, *in_a_row),
            Self::Published(from, to) => record.lies_in(from.as_deref(), to.as_deref()),
            Self::Either(parts) => parts.iter().any(|it| it.matches(record)),
            Self::Not(part) => !part.matches(record),
        }
    }
}

/// Cuts a date to a precision that it may have.
fn shortened(random: &mut Random, date: &str) -> String {
    let length = *random.pick(&[4, 7, 10]);
    date[..length.min(date.len())].to_owned()
}
