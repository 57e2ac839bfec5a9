//! Measures places against articles whose places are marked by hand with their coordinates.
//!
//! Three measures, as in the literature: which names are recognised (by overlap), where the marked names are put when
//! they are given (the share within 161 km, 100 miles, of the mark), and both at once, from text to spot on the map.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    article::{Article, ArticleId},
    extract::{
        Extractor,
        demonym::{demonyms, is_demonym},
        gazetteer::{Candidate, Gazetteer},
        place::{PlaceName, distance, resolve},
    },
};

/// Distance in kilometres up to which a place counts as found.
const NEAR_ENOUGH: f32 = 161.0;

/// Why no measure could be taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of marked articles cannot be read.
    #[error("cannot read `{path}`")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is not an article with `text` and `toponyms`.
    #[error("`{path}`: line {line} is not an article with marked places")]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Where it differs.
        source: serde_json::Error,
    },
}

/// Spans compared with marks: how many of each there are, and how many of each the others bear out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Spans that the program gave.
    pub given: usize,
    /// Those of them that are right.
    pub right: usize,
    /// Marks.
    pub marked: usize,
    /// Those of them that were found.
    pub found: usize,
}

impl Counts {
    /// Returns the share of what was given that is right, from 0 to 1.
    pub fn precision(&self) -> f32 {
        self.right as f32 / self.given.max(1) as f32
    }

    /// Returns the share of the marks that were found, from 0 to 1.
    pub fn recall(&self) -> f32 {
        self.found as f32 / self.marked.max(1) as f32
    }

    /// Returns the harmonic mean of both, from 0 to 1.
    pub fn f1(&self) -> f32 {
        let (precision, recall) = (self.precision(), self.recall());
        2.0 * precision * recall / (precision + recall).max(f32::EPSILON)
    }
}

/// How well the places of a file were found.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Scores {
    /// Articles read.
    pub articles: usize,
    /// Names recognised, by overlap with a mark.
    pub recognition: Counts,
    /// Marked mentions that have coordinates.
    pub mentions: usize,
    /// Mentions whose name the gazetteer has.
    pub known: usize,
    /// Mentions put within 161 km of the mark, the names given; an unknown name counts as missed.
    pub within_161_km: usize,
    /// Middle of the distances of the known ones, in kilometres.
    pub median_km: f32,
    /// Recognised, and put within 161 km: of the spans and the marks that have coordinates.
    pub end_to_end: Counts,
    /// What is wrong, a line each: `missed`, `spurious` or `far`, and where it stands.
    #[serde(skip)]
    pub errors: Vec<String>,
}

impl Scores {
    /// Returns the share of all marked mentions that lie within 161 km, from 0 to 1.
    pub fn accuracy(&self) -> f32 {
        self.within_161_km as f32 / self.mentions.max(1) as f32
    }

    /// Returns the same share of the mentions whose name is known.
    pub fn accuracy_of_known(&self) -> f32 {
        self.within_161_km as f32 / self.known.max(1) as f32
    }
}

#[derive(Deserialize)]
struct Marked {
    #[serde(default)]
    url: Option<String>,
    text: String,
    toponyms: Vec<Toponym>,
}

/// A marked name.
#[derive(Deserialize)]
struct Toponym {
    /// Offsets in code points.
    start: usize,
    end: usize,
    phrase: String,
    lat: Option<f32>,
    lon: Option<f32>,
    geonameid: Option<u32>,
}

impl Toponym {
    fn spot(&self) -> Option<(f32, f32)> {
        Some((self.lat?, self.lon?))
    }

    /// Returns how far off a spot is, in kilometres; the same place is not off, wherever its middle is taken to be.
    fn error(&self, geonameid: Option<u32>, spot: (f32, f32)) -> Option<f32> {
        let marked = self.spot()?;
        let same = geonameid.is_some_and(|id| id != 0 && self.geonameid == Some(id));
        Some(if same { 0.0 } else { distance(spot, marked) })
    }
}

/// A name that the program found.
struct Found {
    start: usize,
    end: usize,
    geonameid: Option<u32>,
    spot: Option<(f32, f32)>,
}

/// What is measured with.
#[derive(Debug, Clone, Copy)]
pub struct Method<'a> {
    /// The program as it runs on an article.
    pub extractor: &'a Extractor,
    /// Demonyms are taken for names of their countries, as corpora of this kind mark them.
    pub with_demonyms: bool,
}

/// Measures `file` (JSON Lines: `text`, `toponyms` with `start`, `end`, `phrase`, `lat`, `lon`, `geonameid`; `url`).
pub fn evaluate(method: Method, file: &Path) -> Result<Scores, Error> {
    let text = fs::read_to_string(file).map_err(|source| Error::File { path: file.to_owned(), source })?;
    let mut scores = Scores::default();
    let mut distances = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let marked: Marked =
            serde_json::from_str(line).map_err(|source| Error::Line { path: file.to_owned(), line: i + 1, source })?;
        let article = article(&marked);
        scores.articles += 1;
        scores.mentions += marked.toponyms.iter().filter(|it| it.spot().is_some()).count();
        distances.extend(errors_of_given(method, &article, &marked));
        let found = method.found(&article);
        compare(&mut scores, &found, &marked.toponyms);
        scores.errors.extend(wrong(&found, &marked));
    }
    scores.known = distances.len();
    scores.within_161_km = distances.iter().filter(|it| **it <= NEAR_ENOUGH).count();
    distances.sort_by(f32::total_cmp);
    scores.median_km = distances.get(distances.len() / 2).copied().unwrap_or_default();
    Ok(scores)
}

fn article(marked: &Marked) -> Article {
    Article {
        body: marked.text.clone(),
        url: marked.url.clone().unwrap_or_default(),
        ..Article::new(ArticleId::from_content(&[&marked.text]))
    }
}

impl Method<'_> {
    /// Returns the places that the program finds in an article's body.
    fn found(&self, article: &Article) -> Vec<Found> {
        let places = self.extractor.extract(article).places;
        let mut found: Vec<Found> = Vec::new();
        for place in &places {
            let spot = place.lat.zip(place.lon).map(|(lat, lon)| (lat as f32, lon as f32));
            found.extend(place.mentions.iter().map(|mention| Found {
                start: mention.start as usize,
                end: mention.end as usize,
                geonameid: place.geonameid,
                spot,
            }));
        }
        if self.with_demonyms {
            self.add_demonyms(&article.body, &mut found);
        }
        found
    }

    fn add_demonyms(&self, text: &str, found: &mut Vec<Found>) {
        for (span, country) in demonyms(text) {
            let start = text[..span.start].chars().count();
            let end = start + text[span].chars().count();
            let country = self.gazetteer().country(country).map(|entry| self.gazetteer().candidate(&entry));
            if let Some(country) = country
                && found.iter().all(|it| it.end <= start || end <= it.start)
            {
                let (geonameid, spot) = (Some(country.geonameid), Some((country.lat, country.lon)));
                found.push(Found { start, end, geonameid, spot });
            }
        }
    }

    fn gazetteer(&self) -> &Gazetteer {
        self.extractor.gazetteer()
    }

    /// Returns the country of a demonym, if they are to be taken for places.
    fn people(&self, phrase: &str) -> Option<Candidate> {
        let (_, country) = demonyms(phrase).pop().filter(|_| self.with_demonyms && is_demonym(phrase))?;
        Some(self.gazetteer().candidate(&self.gazetteer().country(country)?))
    }
}

impl Found {
    fn meets(&self, mark: &Toponym) -> bool {
        self.start < mark.end && mark.start < self.end
    }

    fn error(&self, mark: &Toponym) -> Option<f32> {
        mark.error(self.geonameid, self.spot?)
    }
}

/// Counts what was found against the marks.
fn compare(scores: &mut Scores, found: &[Found], marks: &[Toponym]) {
    let meet = Found::meets;
    let near = |it: &Found, mark: &Toponym| it.meets(mark) && it.error(mark).is_some_and(|km| km <= NEAR_ENOUGH);
    let recognition = &mut scores.recognition;
    recognition.given += found.len();
    recognition.right += found.iter().filter(|it| marks.iter().any(|mark| meet(it, mark))).count();
    recognition.marked += marks.len();
    recognition.found += marks.iter().filter(|mark| found.iter().any(|it| meet(it, mark))).count();
    let end_to_end = &mut scores.end_to_end;
    end_to_end.given += found.iter().filter(|it| it.spot.is_some()).count();
    end_to_end.right += found.iter().filter(|it| marks.iter().any(|mark| near(it, mark))).count();
    end_to_end.marked += marks.iter().filter(|mark| mark.spot().is_some()).count();
    end_to_end.found += marks.iter().filter(|mark| found.iter().any(|it| near(it, mark))).count();
}

/// Describes what was missed, what is no place, and what was put far off.
fn wrong(found: &[Found], marked: &Marked) -> Vec<String> {
    let text: Vec<char> = marked.text.chars().collect();
    let around = |start: usize, end: usize| {
        let part = |range: std::ops::Range<usize>| {
            text.get(range).unwrap_or_default().iter().collect::<String>().replace('\n', " ")
        };
        let (before, after) = (start.saturating_sub(40), (end + 40).min(text.len()));
        format!("{}[{}]{}", part(before..start), part(start..end), part(end..after))
    };
    let mut lines = Vec::new();
    for mark in &marked.toponyms {
        match found.iter().find(|it| it.meets(mark)) {
            None => lines.push(format!("missed {}", around(mark.start, mark.end))),
            Some(it) => {
                let km = it.error(mark).filter(|km| *km > NEAR_ENOUGH);
                lines.extend(km.map(|km| format!("far {km:.0} km {}", around(mark.start, mark.end))));
            }
        }
    }
    let spurious = found.iter().filter(|it| !marked.toponyms.iter().any(|mark| it.meets(mark)));
    lines.extend(spurious.map(|it| format!("spurious {}", around(it.start, it.end))));
    lines
}

/// Resolves the marked names; returns the errors of those that are known and have coordinates, in kilometres.
fn errors_of_given(method: Method, article: &Article, marked: &Marked) -> Vec<f32> {
    let (names, which) = names(marked);
    let resolved = resolve(method.gazetteer(), &names, &method.extractor.surroundings(article));
    let error = |(toponym, name): (&Toponym, usize)| {
        let resolved = resolved[name].as_ref().map(|it| it.candidate.clone());
        let found = method.people(&toponym.phrase).or(resolved)?;
        toponym.error(Some(found.geonameid), (found.lat, found.lon))
    };
    marked.toponyms.iter().zip(which).filter_map(error).collect()
}

/// Returns the names of an article, one per sense as the extractor would give them, and which of them each mark is.
fn names(article: &Marked) -> (Vec<PlaceName>, Vec<usize>) {
    let text: Vec<char> = article.text.chars().collect();
    let mut names: Vec<PlaceName> = Vec::new();
    let mut which = Vec::new();
    for (i, toponym) in article.toponyms.iter().enumerate() {
        let following = article.toponyms.get(i + 1).filter(|next| {
            let between = text.get(toponym.end..next.start).unwrap_or_default();
            between.iter().collect::<String>().trim() == ","
        });
        let following = following.map(|next| next.phrase.clone());
        let known = names.iter().position(|it| it.name == toponym.phrase);
        let at = known.unwrap_or_else(|| {
            names.push(PlaceName {
                name: toponym.phrase.clone(),
                mentions: 0,
                first: toponym.start,
                ..PlaceName::default()
            });
            names.len() - 1
        });
        names[at].mentions += 1;
        if names[at].following.is_none() {
            names[at].following = following;
        }
        which.push(at);
    }
    (names, which)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str, toponyms: &str, with_demonyms: bool) -> Scores {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marked.jsonl");
        fs::write(&file, format!(r#"{{"text":"{text}","toponyms":[{toponyms}]}}"#)).unwrap();
        evaluate(Method { extractor: &Extractor::embedded().unwrap(), with_demonyms }, &file).unwrap()
    }

    #[test]
    fn marked_places_are_measured() {
        let text = "Mayor Ana Lopes spoke in Paris, Texas, on Monday; Nowherium stayed dry.";
        let marks = r#"{"start":25,"end":30,"phrase":"Paris","lat":33.66,"lon":-95.55,"geonameid":4717560},
            {"start":32,"end":37,"phrase":"Texas","lat":31.25,"lon":-99.25,"geonameid":4736286},
            {"start":50,"end":59,"phrase":"Nowherium","lat":0.0,"lon":0.0,"geonameid":null},
            {"start":50,"end":59,"phrase":"Nowherium","lat":null,"lon":null,"geonameid":null}"#;
        let scores = measured(text, &marks.replace('\n', " "), false);
        assert_eq!((scores.articles, scores.mentions, scores.known, scores.within_161_km), (1, 3, 2, 2));
        assert!(scores.median_km < 1.0 && scores.accuracy() > 0.6 && scores.accuracy_of_known() > 0.9);
        assert_eq!((scores.end_to_end.right, scores.end_to_end.found, scores.end_to_end.marked), (2, 2, 3));
        assert!(scores.recognition.found >= 2 && scores.recognition.marked == 4);
        assert!(scores.recognition.f1() > 0.6 && scores.recognition.f1() <= 1.0);
    }

    #[test]
    fn demonyms_count_when_asked_for() {
        let text = "The Turkish minister waited.";
        let mark = r#"{"start":4,"end":11,"phrase":"Turkish","lat":39.06,"lon":34.91,"geonameid":298795}"#;
        let without = measured(text, mark, false);
        assert_eq!((without.within_161_km, without.recognition.found, without.end_to_end.given), (0, 0, 0));
        let with = measured(text, mark, true);
        assert_eq!((with.within_161_km, with.recognition.found, with.end_to_end.found), (1, 1, 1));
    }

    #[test]
    fn a_line_that_is_no_article_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bad.jsonl");
        fs::write(&file, "\n{}").unwrap();
        let extractor = Extractor::embedded().unwrap();
        let error = evaluate(Method { extractor: &extractor, with_demonyms: false }, &file).unwrap_err();
        assert!(error.to_string().contains("line 2"));
    }
}
