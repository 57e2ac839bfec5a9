//! Tagged articles as examples: which field, which articles, which headings.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use super::{
    Example,
    map::Rules,
    quality::{each, left_out},
};
use crate::{
    article::Article,
    extract::{
        language,
        topics::{features::Features, model::MAX_HEADINGS, vocabulary},
    },
    train::{Error, failed},
};

/// How much a heading's name counts beside an article.
const NAME_WEIGHT: f32 = 2.0;
/// How much a definition counts beside an article.
const DEFINITION_WEIGHT: f32 = 0.5;
/// How much an article counts of which only rules speak.
const RULE_WEIGHT: f32 = 0.2;
/// The most headings of one article that are looked at.
const MAX_OF_ARTICLE: usize = 64;

/// Only articles whose field has this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Name of a field of the article, or of its `extra`.
    pub field: String,
    /// What must stand there.
    pub value: String,
}

impl Filter {
    /// Reads `field=value`.
    pub fn parse(text: &str) -> Option<Self> {
        let (field, value) = text.split_once('=')?;
        (!field.is_empty()).then(|| Self { field: field.trim().to_owned(), value: value.trim().to_owned() })
    }

    fn holds(&self, article: &Article) -> bool {
        match self.field.as_str() {
            "source" => article.source == self.value,
            "section" => article.section == self.value,
            "language" => article.language == self.value,
            other => match article.extra.get(other) {
                Some(serde_json::Value::String(text)) => *text == self.value,
                Some(value) => {
                    let printed = value.to_string();
                    printed == self.value
                }
                None => false,
            },
        }
    }
}

/// Headings by id of article, from a file of our own: they stand instead of the article's.
#[derive(Debug, Clone, Default)]
pub struct Labels(HashMap<String, Vec<String>>);

impl Labels {
    /// Reads a file with an id, a tab and the headings, separated by spaces, on each line; `#` begins a remark.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| failed(path, error))?;
        let mut labels = HashMap::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let Some((id, headings)) = line.split_once('\t') else {
                let reason = "expected an id, a tab and headings".to_owned();
                return Err(Error::Corpus { path: path.to_owned(), line: number + 1, reason });
            };
            labels.insert(id.to_owned(), headings.split_whitespace().map(str::to_owned).collect());
        }
        Ok(Self(labels))
    }
}

/// How tagged articles are read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// `topics`, `tags` or `section`.
    pub field: String,
    /// Only these; what `labels` names is read whatever this says.
    pub only: Option<Filter>,
    /// Headings of our own.
    pub labels: Labels,
    /// The headings are IPTC Media Topics: their top level is learned, with names and definitions as further evidence.
    pub media_topics: bool,
    /// What sections and tags say of headings, for articles that are not read for their own.
    pub rules: Rules,
    /// Articles that `only` leaves out of these files, and what closely matches them, is not learned from.
    pub apart_from: Vec<PathBuf>,
    /// An article without a heading has none, and counts; otherwise it is passed over.
    pub untagged: bool,
}

/// Everything there is to learn from.
#[derive(Debug, Default)]
pub struct Corpus {
    pub(super) examples: Vec<Example>,
    /// Code and name, in the order of the codes.
    pub(super) headings: Vec<(String, String)>,
    pub(super) language: Option<String>,
}

/// A tagged article before its headings are numbered.
#[derive(Debug)]
struct Tagged {
    features: Features,
    headings: Vec<String>,
    /// Those it is known to lack, where not all others are.
    lacks: Option<Vec<String>>,
}

impl Reading {
    /// Reads files and folders.
    pub fn files(&self, paths: &[PathBuf]) -> Result<Corpus, Error> {
        let kept_apart = left_out(&self.apart_from, self)?;
        let mut tagged = Vec::new();
        each(paths, &mut |article| {
            tagged.extend(self.tagged(&article).filter(|it| {
                // What is read for its own headings is what `only` chose.
                it.lacks.is_none() && !self.labels.0.contains_key(article.id.as_str()) || !kept_apart.is_close(&article)
            }));
        })?;
        self.corpus(tagged)
    }

    /// Reads articles that are there already.
    pub fn articles<'a>(&self, articles: impl Iterator<Item = &'a Article>) -> Result<Corpus, Error> {
        self.corpus(articles.filter_map(|article| self.tagged(article)).collect())
    }

    fn tagged(&self, article: &Article) -> Option<Tagged> {
        let features = || Features::of(&article.title, &[&article.subtitle, &article.body]);
        if let Some(headings) = self.headings(article) {
            return Some(Tagged { features: features(), headings, lacks: None });
        }
        // The definitions are English, and so is what is learned beside them.
        let foreign = language::normalise(&article.language).is_some_and(|it| it != "en");
        if self.media_topics && foreign {
            return None;
        }
        let known = self.rules.known(article)?;
        Some(Tagged { features: features(), headings: known.has, lacks: Some(known.lacks) })
    }

    /// Returns the headings of an article, in its order; `None` where it is not to be looked at.
    pub(super) fn headings(&self, article: &Article) -> Option<Vec<String>> {
        let own = self.labels.0.get(article.id.as_str());
        if own.is_none() && self.only.as_ref().is_some_and(|only| !only.holds(article)) {
            return None;
        }
        let given = match (own, self.field.as_str()) {
            (Some(headings), _) => headings.clone(),
            (None, "tags") => article.tags.clone(),
            (None, "section") => vec![article.section.clone()],
            (None, _) => article.topics.clone(),
        };
        let mut headings = Vec::new();
        for heading in given.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).take(MAX_OF_ARTICLE) {
            let mut all = if self.media_topics { vocabulary::tops(heading) } else { vec![heading.to_owned()] };
            all.retain(|it| !headings.contains(it));
            headings.append(&mut all);
        }
        (self.untagged || !headings.is_empty()).then_some(headings)
    }

    fn corpus(&self, tagged: Vec<Tagged>) -> Result<Corpus, Error> {
        let mut numbers: BTreeMap<String, u16> = BTreeMap::new();
        for heading in tagged.iter().filter(|it| it.lacks.is_none()).flat_map(|it| &it.headings) {
            numbers.entry(heading.clone()).or_default();
        }
        if numbers.len() > MAX_HEADINGS {
            return Err(Error::Headings(numbers.len()));
        }
        if numbers.is_empty() || numbers.len() == 1 && !self.untagged {
            return Err(Error::Untagged { field: self.field.clone(), articles: tagged.len() });
        }
        numbers.values_mut().zip(0..).for_each(|(number, at)| *number = at);
        let mut examples: Vec<Example> = tagged.into_iter().map(|it| example(it, &numbers)).collect();
        let named = |code: &String| match vocabulary::concept(code) {
            Some(concept) if self.media_topics => concept.name("en").to_owned(),
            _ => code.clone(),
        };
        let headings: Vec<(String, String)> = numbers.keys().map(|code| (code.clone(), named(code))).collect();
        if self.media_topics {
            examples.extend(definitions(&numbers));
        } else {
            examples.extend(headings.iter().enumerate().map(|(at, (_, name))| by_name(at as u16, name)));
        }
        Ok(Corpus { examples, headings, language: self.media_topics.then(|| "en".to_owned()) })
    }
}

/// Numbers the headings of an article.
fn example(tagged: Tagged, numbers: &BTreeMap<String, u16>) -> Example {
    let Tagged { features, headings, lacks } = tagged;
    let partly = lacks.is_some();
    let unknown = lacks.map_or_else(Vec::new, |lacks| {
        let open = numbers.iter().filter(|(code, _)| !lacks.contains(code) && !headings.contains(code));
        open.map(|(_, number)| *number).collect()
    });
    let headings = headings.iter().filter_map(|heading| numbers.get(heading).copied()).collect();
    Example { features, headings, unknown, weight: if partly { RULE_WEIGHT } else { 1.0 }, asked: !partly }
}

/// A heading's own name is evidence, too, and for a rare heading the best there is.
fn by_name(heading: u16, name: &str) -> Example {
    let name = name.replace(['-', '_', '/'], " ");
    let features = Features::of(&name, &[]);
    Example { features, headings: vec![heading], unknown: Vec::new(), weight: NAME_WEIGHT, asked: false }
}

/// Names and definitions of the concepts under the headings.
fn definitions(numbers: &BTreeMap<String, u16>) -> Vec<Example> {
    let of = |concept: &vocabulary::Concept| {
        let headings: Vec<u16> =
            vocabulary::tops(concept.code).iter().filter_map(|code| numbers.get(code).copied()).collect();
        let features = Features::of(concept.name("en"), &[concept.definition]);
        Example { features, headings, unknown: Vec::new(), weight: DEFINITION_WEIGHT, asked: false }
    };
    vocabulary::concepts().filter(|concept| !concept.retired).map(of).filter(|it| !it.headings.is_empty()).collect()
}
