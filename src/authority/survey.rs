//! What the archive shows of its names: how often each stands, when, spelled how, and with whom.
//!
//! Two passes over all articles: [`Survey`] counts names, [`Company`] looks at those only that may be merged. Both come to
//! the same whatever order the articles come in, and both are bounded.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
};

use super::{KINDS, key, names, organization};
use crate::{
    document::{Document, Facet},
    extract::{Extraction, who},
};

/// The most names that are surveyed; what comes beyond stays as it is written.
const MAX_NAMES: usize = 4 << 20;
/// The most abbreviations whose full names are counted.
const MAX_ABBREVIATIONS: usize = 1 << 20;
/// The most pairs of a name and a companion that are held.
const MAX_PAIRS: usize = 8 << 20;
/// Names of one article that are looked at; a list of thousands says nothing about company.
const MAX_NAMES_OF_ARTICLE: usize = 200;

/// The longest first word of a name that may still be its abbreviation, as `MCI` is of MCI Communications.
const MAX_BEGINNING: usize = 4;

/// Number of a name in a survey.
pub(super) type FormId = u32;
type ByHash<T> = HashMap<u64, T, BuildHasherDefault<DefaultHasher>>;

/// One name, under all its spellings of one key.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// Number of its kind among [`KINDS`].
    pub(super) kind: usize,
    pub(super) key: Box<str>,
    hash: u64,
    /// Spellings with the number of articles of each.
    spellings: Vec<(Box<str>, u32)>,
    pub(super) articles: u32,
    /// First and last day, of articles with a date.
    pub(super) days: Option<(i32, i32)>,
}

impl Form {
    /// Returns the spelling that is shown: one in capitals and small letters, the most frequent, the first by alphabet.
    pub(super) fn spelling(&self) -> &str {
        let rank = |text: &str| {
            let (upper, lower) = (text.chars().any(char::is_uppercase), text.chars().any(char::is_lowercase));
            u8::from(upper) + u8::from(lower)
        };
        let best = self.spellings.iter().max_by(|(a, n), (b, m)| (rank(a), n, b).cmp(&(rank(b), m, a)));
        best.map_or(&self.key, |(text, _)| text)
    }

    /// Says whether it is written in more than one way.
    pub(super) fn varies(&self) -> bool {
        self.spellings.len() > 1
    }
}

/// The names of an archive.
#[derive(Debug, Default)]
pub struct Survey {
    pub(super) forms: Vec<Form>,
    numbers: ByHash<FormId>,
    pub(super) articles: u32,
    /// In how many articles an abbreviation (hash of its key) stands for a full name.
    pub(super) abbreviations: ByHash<Vec<(FormId, u32)>>,
}

/// Returns a number that tells keys of a kind apart.
pub(super) fn hash(kind: usize, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, key).hash(&mut hasher);
    hasher.finish()
}

impl Survey {
    /// Counts the names of one article.
    pub fn add(&mut self, document: &Document) {
        self.articles += 1;
        let days = document.article.published.map(crate::article::Date::days);
        let mut counted = HashSet::new();
        for (kind, facet) in KINDS.into_iter().enumerate() {
            for name in names(&document.article, &document.extraction, facet) {
                let key = key(name);
                if let Some(form) = self.form(kind, &key) {
                    self.spelled(form, name);
                    if counted.insert(form) {
                        self.count(form, days);
                    }
                }
            }
        }
        self.abbreviated(&document.extraction);
    }

    fn form(&mut self, kind: usize, key: &str) -> Option<FormId> {
        if key.is_empty() {
            return None;
        }
        let hash = hash(kind, key);
        if let Some(form) = self.numbers.get(&hash) {
            return Some(*form);
        }
        if self.forms.len() >= MAX_NAMES {
            return None;
        }
        let form = self.forms.len() as FormId;
        self.forms.push(Form { kind, key: key.into(), hash, spellings: Vec::new(), articles: 0, days: None });
        self.numbers.insert(hash, form);
        Some(form)
    }

    fn spelled(&mut self, form: FormId, name: &str) {
        let spellings = &mut self.forms[form as usize].spellings;
        match spellings.iter_mut().find(|(text, _)| &**text == name) {
            Some((_, count)) => *count += 1,
            None => spellings.push((name.into(), 1)),
        }
    }

    fn count(&mut self, form: FormId, days: Option<(i32, i32)>) {
        let form = &mut self.forms[form as usize];
        form.articles += 1;
        form.days = match (form.days, days) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (known, new) => known.or(new),
        };
    }

    fn abbreviated(&mut self, extraction: &Extraction) {
        let kind = KINDS.iter().position(|it| *it == Facet::Organizations).unwrap_or_default();
        for entity in &extraction.organizations {
            let full = key(&entity.name);
            // A headline in capitals shortens, too: `MOBIL` of Mobil Oil Corp is no abbreviation.
            let begins = |text: &str| full.starts_with(&format!("{} ", key(text))) && key(text).len() > MAX_BEGINNING;
            let is_short = |text: &str| {
                organization::is_abbreviation(text) && who::is_acronym(text, &entity.name) && !begins(text)
            };
            let short = entity.mentions.iter().filter(|it| is_short(&it.text));
            let short: HashSet<String> = short.map(|it| key(&it.text)).filter(|it| *it != full).collect();
            for abbreviation in short {
                let (Some(form), at) = (self.form(kind, &full), hash(kind, &abbreviation)) else { continue };
                if self.abbreviations.len() >= MAX_ABBREVIATIONS && !self.abbreviations.contains_key(&at) {
                    continue;
                }
                let full_names = self.abbreviations.entry(at).or_default();
                match full_names.iter_mut().find(|(it, _)| *it == form) {
                    Some((_, count)) => *count += 1,
                    None => full_names.push((form, 1)),
                }
            }
        }
    }

    /// Returns the full names that an abbreviation stands for within articles, with their numbers.
    pub(super) fn full_names(&self, form: &Form) -> &[(FormId, u32)] {
        self.abbreviations.get(&hash(form.kind, &form.key)).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of a name.
    pub(super) fn number(&self, kind: usize, key: &str) -> Option<FormId> {
        self.numbers.get(&hash(kind, key)).copied()
    }

    /// Returns how many names there are.
    pub fn names(&self) -> usize {
        self.forms.len()
    }
}

/// With whom names stand: of those that may be merged, every companion that is not everywhere.
///
/// Where there are too many, companions are thinned out by a share of their hashes, the same for all names, so that what
/// two names share is still seen in proportion.
#[derive(Debug, Default)]
pub struct Company {
    wanted: HashSet<FormId>,
    pairs: HashSet<(FormId, FormId)>,
    /// Articles in which two names that may be merged both stand in the text, each for itself.
    together: HashMap<(FormId, FormId), u32>,
    /// Companions are kept if so many low bits of their number's hash are zero.
    thinned: u32,
}

impl Company {
    /// Begins with the names that are looked at.
    pub(super) fn of(wanted: HashSet<FormId>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Looks at one article.
    pub fn add(&mut self, survey: &Survey, document: &Document) {
        let mut all = Vec::new();
        let mut own = Vec::new();
        for facet in [Facet::People, Facet::Organizations] {
            let Some(kind) = super::kind_number(facet) else { continue };
            let extracted = if facet == Facet::People {
                document.extraction.people.len()
            } else {
                document.extraction.organizations.len()
            };
            let found = names(&document.article, &document.extraction, facet).enumerate();
            for (at, name) in found.take(MAX_NAMES_OF_ARTICLE) {
                let Some(form) = survey.number(kind, &key(name)) else { continue };
                all.push(form);
                if at < extracted && self.wanted.contains(&form) {
                    own.push(form);
                }
            }
        }
        for form in all.iter().filter(|it| self.wanted.contains(it)) {
            for other in all.iter().filter(|it| *it != form && is_telling(survey, **it)) {
                if keeps(survey, *other, self.thinned) {
                    self.pairs.insert((*form, *other));
                }
            }
        }
        own.sort_unstable();
        own.dedup();
        for (at, one) in own.iter().enumerate() {
            own[at + 1..].iter().for_each(|other| *self.together.entry((*one, *other)).or_default() += 1);
        }
        self.thin(survey);
    }

    fn thin(&mut self, survey: &Survey) {
        while self.pairs.len() > MAX_PAIRS {
            self.thinned += 1;
            let thinned = self.thinned;
            self.pairs.retain(|(_, companion)| keeps(survey, *companion, thinned));
        }
    }

    /// Returns the companions by name.
    pub(super) fn by_name(&self) -> HashMap<FormId, Vec<FormId>> {
        let mut companions: HashMap<FormId, Vec<FormId>> = HashMap::new();
        for (form, companion) in &self.pairs {
            companions.entry(*form).or_default().push(*companion);
        }
        for list in companions.values_mut() {
            list.sort_unstable();
        }
        companions
    }

    /// Returns in how many articles both stand in the text.
    pub(super) fn together(&self, one: FormId, other: FormId) -> u32 {
        self.together.get(&(one.min(other), one.max(other))).copied().unwrap_or_default()
    }
}

/// The hash of the name decides, not its number, which depends on the order of the articles.
fn keeps(survey: &Survey, companion: FormId, thinned: u32) -> bool {
    survey.forms[companion as usize].hash.trailing_zeros() >= thinned
}

/// Whoever stands everywhere says nothing of whom he stands with.
fn is_telling(survey: &Survey, companion: FormId) -> bool {
    let articles = survey.forms[companion as usize].articles;
    (2..=(survey.articles / 50).max(5)).contains(&articles)
}
