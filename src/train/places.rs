//! Measures how well places are resolved: articles with places marked by hand against `extract::place`.
//!
//! The marked names are given (no recognition is measured), as is usual for this task, and the measure is that of the
//! literature: the share of names put within 161 km (100 miles) of where they are.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::extract::gazetteer::Gazetteer;
use crate::extract::place::{PlaceName, Resolved, distance, resolve};

/// Distance in kilometres up to which a place counts as found.
const NEAR_ENOUGH: f32 = 161.0;

/// Why no measure could be taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of marked articles cannot be read.
    #[error("cannot read `{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is not an article with `text` and `toponyms`.
    #[error("line {line} is not an article with marked places: {source}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// Where it differs.
        source: serde_json::Error,
    },
}

/// How well the places of a file were found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    /// Articles read.
    pub articles: usize,
    /// Marked mentions that have coordinates.
    pub mentions: usize,
    /// Mentions whose name the gazetteer has.
    pub known: usize,
    /// Mentions put within 161 km of the mark; an unknown name counts as missed.
    pub within_161_km: usize,
    /// Middle of the distances of the known ones, in kilometres.
    pub median_km: f32,
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
struct Article {
    text: String,
    toponyms: Vec<Toponym>,
}

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

/// Resolves the marked places of `file` (JSON Lines: `text`, `toponyms` with `start`, `end`, `phrase`, `lat`, `lon`).
pub fn evaluate(gazetteer: &Gazetteer, file: &Path) -> Result<Scores, Error> {
    let text = fs::read_to_string(file).map_err(|source| Error::File { path: file.to_owned(), source })?;
    let mut scores = Scores::default();
    let mut distances = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let article: Article = serde_json::from_str(line).map_err(|source| Error::Line { line: i + 1, source })?;
        scores.articles += 1;
        let (names, which) = names(&article);
        let resolved = resolve(gazetteer, &names);
        for (toponym, name) in article.toponyms.iter().zip(which) {
            let (Some(lat), Some(lon)) = (toponym.lat, toponym.lon) else {
                continue;
            };
            scores.mentions += 1;
            if let Some(found) = &resolved[name] {
                scores.known += 1;
                distances.push(error(found, toponym.geonameid, (lat, lon)));
            }
        }
    }
    scores.within_161_km = distances.iter().filter(|it| **it <= NEAR_ENOUGH).count();
    distances.sort_by(f32::total_cmp);
    scores.median_km = distances.get(distances.len() / 2).copied().unwrap_or_default();
    Ok(scores)
}

/// Returns how far off a place is; the same place is not off, wherever its middle is taken to be.
fn error(found: &Resolved, geonameid: Option<u32>, marked: (f32, f32)) -> f32 {
    let id = found.candidate.geonameid;
    if id != 0 && geonameid == Some(id) {
        return 0.0;
    }
    distance((found.candidate.lat, found.candidate.lon), marked)
}

/// Returns the names of an article, one per sense as the extractor would give them, and which of them each mark is.
fn names(article: &Article) -> (Vec<PlaceName>, Vec<usize>) {
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
            names.push(PlaceName { name: toponym.phrase.clone(), mentions: 0, first: toponym.start, following: None });
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

    #[test]
    fn marked_places_are_measured() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marked.jsonl");
        let line = r#"{"text":"In Paris, Texas, it rained; Nowherium stayed dry.","toponyms":[
            {"start":3,"end":8,"phrase":"Paris","lat":33.66,"lon":-95.55,"geonameid":4717560},
            {"start":10,"end":15,"phrase":"Texas","lat":31.25,"lon":-99.25,"geonameid":4736286},
            {"start":28,"end":37,"phrase":"Nowherium","lat":0.0,"lon":0.0,"geonameid":null},
            {"start":28,"end":37,"phrase":"Nowherium","lat":null,"lon":null,"geonameid":null}]}"#;
        fs::write(&file, line.replace('\n', " ")).unwrap();
        let scores = evaluate(&Gazetteer::embedded().unwrap(), &file).unwrap();
        assert_eq!((scores.articles, scores.mentions, scores.known, scores.within_161_km), (1, 3, 2, 2));
        assert!(scores.median_km < 1.0 && scores.accuracy() > 0.6 && scores.accuracy_of_known() > 0.9);
    }

    #[test]
    fn a_line_that_is_no_article_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bad.jsonl");
        fs::write(&file, "\n{}").unwrap();
        let error = evaluate(&Gazetteer::embedded().unwrap(), &file).unwrap_err();
        assert!(error.to_string().starts_with("line 2"));
    }
}
