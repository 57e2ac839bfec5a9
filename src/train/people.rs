//! Measures who is who: annotated articles against the entries that `extract` makes of them.
//!
//! Two measures. *Entries*: the list of people (places, organizations) of an article against the annotated list, an entry
//! being right when it stands under the same name; a place, which is shown under the gazetteer's name, is right when that
//! or one of its spellings in the text is the annotated name. *B-cubed* (Bagga and Baldwin, 1998): whether mentions that
//! belong together stand together, over the mentions that both sides have with the same span and kind.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use super::{Error, corpus};
use crate::{
    article::{Article, ArticleId},
    extract::{Extraction, Extractor, Mention, TextField, tagger::Kind, tagger::RawMention},
    text::fold::fold,
};

/// The kinds that are measured, with their names in the tables.
const KINDS: [(Kind, &str, &str); 3] =
    [(Kind::Person, "people", "PER"), (Kind::Place, "places", "LOC"), (Kind::Organization, "organizations", "ORG")];

/// What is measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Takes the annotated mentions instead of the tagger's, so that nothing but the gathering is measured.
    pub given: bool,
    /// Lists what is wrong.
    pub errors: bool,
}

/// How well one kind is gathered; all figures 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// `people`, `places` or `organizations`.
    pub kind: &'static str,
    /// Annotated entries.
    pub entries: usize,
    /// Share of the entries made that are right.
    pub precision: f64,
    /// Share of the annotated entries that are made.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// Harmonic mean of B-cubed precision and recall.
    pub b_cubed: f64,
    /// One line per wrong entry, if asked for: article, `+` or `-`, name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

/// An entry of either side.
struct Entry {
    /// The names under which it may be looked for, folded.
    names: HashSet<String>,
    /// As shown.
    shown: String,
    /// Field, first and last code point of each mention.
    mentions: Vec<(bool, usize, usize)>,
}

#[derive(Default)]
struct Tally {
    right: usize,
    made: usize,
    there: usize,
    /// Sums over mentions that both sides have.
    cubed: [f64; 2],
    mentions: usize,
    errors: Vec<String>,
}

/// Measures on the part `split` (`train` or `dev`) of the annotated articles of a file.
pub fn evaluate(extractor: &Extractor, file: &Path, split: &str, options: Options) -> Result<Vec<Score>, Error> {
    let articles = corpus::annotated(file)?;
    let mut tallies: [Tally; 3] = Default::default();
    for annotated in articles.iter().filter(|it| it.split == split) {
        let mut article = Article::new(ArticleId::from_content(&[&annotated.title, &annotated.body]));
        article.title.clone_from(&annotated.title);
        article.body.clone_from(&annotated.body);
        article.language = "en".to_owned();
        let found = if options.given {
            extractor.extract_tagged(&article, &given(annotated))
        } else {
            extractor.extract(&article)
        };
        for ((kind, _, code), tally) in KINDS.iter().zip(&mut tallies) {
            count(tally, &made(&found, *kind), &there(annotated, code), &annotated.id);
        }
    }
    Ok(KINDS.iter().zip(tallies).map(|((_, name, _), tally)| tally.score(name, options.errors)).collect())
}

/// Returns the annotated mentions as the tagger would give them: title, subtitle (none), body.
fn given(annotated: &corpus::Annotated) -> Vec<Vec<RawMention>> {
    let fields = [("title", annotated.title.as_str()), ("subtitle", ""), ("body", annotated.body.as_str())];
    let of_field = |(field, text): (&str, &str)| {
        let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mentions = annotated.mentions.iter().filter(|it| it.field == field);
        let raw = mentions.filter_map(|it| {
            let kind = KINDS.iter().find(|(_, _, code)| *code == it.kind)?.0;
            Some(RawMention { start: *offsets.get(it.start)? as u32, end: *offsets.get(it.end)? as u32, kind })
        });
        raw.collect()
    };
    fields.into_iter().map(of_field).collect()
}

fn made(found: &Extraction, kind: Kind) -> Vec<Entry> {
    let entry = |name: &str, mentions: &[Mention]| Entry {
        names: [name]
            .into_iter()
            .chain(mentions.iter().filter(|_| kind == Kind::Place).map(|it| it.text.as_str()))
            .map(key)
            .collect(),
        shown: name.to_owned(),
        mentions: mentions
            .iter()
            .map(|it| (it.field == TextField::Title, it.start as usize, it.end as usize))
            .collect(),
    };
    match kind {
        Kind::Person => found.people.iter().map(|it| entry(&it.name, &it.mentions)).collect(),
        Kind::Place => found.places.iter().map(|it| entry(&it.name, &it.mentions)).collect(),
        Kind::Organization => found.organizations.iter().map(|it| entry(&it.name, &it.mentions)).collect(),
    }
}

fn there(annotated: &corpus::Annotated, code: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for it in annotated.mentions.iter().filter(|it| it.kind == code) {
        let at = entries.iter().position(|entry| entry.shown == it.name).unwrap_or_else(|| {
            let names = HashSet::from([key(&it.name)]);
            entries.push(Entry { names, shown: it.name.clone(), mentions: Vec::new() });
            entries.len() - 1
        });
        entries[at].mentions.push((it.field == "title", it.start, it.end));
    }
    entries
}

/// One form for spellings that differ in case, accents, dots and white space only.
fn key(name: &str) -> String {
    let words: Vec<String> = fold(name).replace(['.', '\''], "").split([' ', '\n', '-']).map(str::to_owned).collect();
    words.into_iter().filter(|word| !word.is_empty() && word != "the").collect::<Vec<_>>().join(" ")
}

fn count(tally: &mut Tally, made: &[Entry], there: &[Entry], article: &str) {
    let mut taken = vec![false; there.len()];
    for entry in made {
        let same = (0..there.len()).find(|at| !taken[*at] && !entry.names.is_disjoint(&there[*at].names));
        match same {
            Some(at) => {
                taken[at] = true;
                tally.right += 1;
            }
            None => tally.errors.push(format!("{article} + {}", entry.shown)),
        }
    }
    let missed = there.iter().zip(&taken).filter(|(_, taken)| !**taken);
    tally.errors.extend(missed.map(|(entry, _)| format!("{article} - {}", entry.shown)));
    tally.made += made.len();
    tally.there += there.len();
    cubed(tally, made, there);
}

fn cubed(tally: &mut Tally, made: &[Entry], there: &[Entry]) {
    let owners = |entries: &[Entry]| -> HashMap<(bool, usize, usize), usize> {
        let of = |(at, entry): (usize, &Entry)| entry.mentions.iter().map(|it| (*it, at)).collect::<Vec<_>>();
        entries.iter().enumerate().flat_map(of).collect()
    };
    let (own, other) = (owners(made), owners(there));
    let common: Vec<(usize, usize)> = own.iter().filter_map(|(it, at)| Some((*at, *other.get(it)?))).collect();
    for (at, gold) in &common {
        let both = common.iter().filter(|it| it == &&(*at, *gold)).count() as f64;
        tally.cubed[0] += both / common.iter().filter(|it| it.0 == *at).count() as f64;
        tally.cubed[1] += both / common.iter().filter(|it| it.1 == *gold).count() as f64;
    }
    tally.mentions += common.len();
}

impl Tally {
    fn score(self, kind: &'static str, errors: bool) -> Score {
        let share = |part: f64, whole: usize| 100.0 * part / whole.max(1) as f64;
        let rounded = |value: f64| (value * 10.0).round() / 10.0;
        let mean = |a: f64, b: f64| if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 };
        let right = self.right as f64;
        let (precision, recall) = (share(right, self.made), share(right, self.there));
        let cubed = self.cubed.map(|sum| share(sum, self.mentions));
        Score {
            kind,
            entries: self.there,
            precision: rounded(precision),
            recall: rounded(recall),
            f1: rounded(mean(precision, recall)),
            b_cubed: rounded(mean(cubed[0], cubed[1])),
            errors: if errors { self.errors } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_clusters_are_measured() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("annotated.jsonl");
        let line = r#"{"id":"1","split":"dev","title":"","body":"Ada Kos met Jan Vos. Kos left.","mentions":[
            {"field":"body","start":0,"end":7,"type":"PER","name":"Ada Kos"},
            {"field":"body","start":12,"end":19,"type":"PER","name":"Jan Vos"},
            {"field":"body","start":21,"end":24,"type":"PER","name":"Ada Kos"}]}"#;
        std::fs::write(&file, line.replace('\n', " ")).unwrap();
        let extractor = Extractor::embedded().unwrap();
        let scores = evaluate(&extractor, &file, "dev", Options { given: true, errors: true }).unwrap();
        let people = &scores[0];
        assert_eq!((people.entries, people.f1, people.b_cubed), (2, 100.0, 100.0), "{people:?}");
        assert!(people.errors.is_empty());
    }
}
