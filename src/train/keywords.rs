//! Articles to the table of how rare words are, which keywords are weighed by.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use super::{Error, failed};
use crate::{
    article::Article,
    extract::{
        keywords::{Background, key},
        language,
    },
    reader::{self, Item, Source},
    text::terms::terms,
};

/// Articles that a word or a pair of words must stand in.
const LEAST_ARTICLES: u32 = 5;
/// Articles that a language must have; with fewer, shares say nothing.
const LEAST_OF_LANGUAGE: u32 = 300;
/// How much of a text is counted, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// Counts the words of files and folders and writes the table. Returns what to say of it.
pub fn build(paths: &[PathBuf], output: &Path) -> Result<String, Error> {
    let sources: Vec<Source> = paths.iter().map(|path| Source::typed(path)).collect();
    let mut articles: BTreeMap<String, u32> = BTreeMap::new();
    let mut counts: HashMap<(u32, u16), u32> = HashMap::new();
    let mut numbers: BTreeMap<String, u16> = BTreeMap::new();
    let read = reader::read(&sources, None, &mut |item| {
        if let Item::Article { article, .. } = item
            && let Some(language) = language_of(&article)
        {
            let next = numbers.len() as u16;
            let number = *numbers.entry(language.clone()).or_insert(next);
            for hash in hashes(&article, &language) {
                *counts.entry((hash, number)).or_default() += 1;
            }
            *articles.entry(language).or_default() += 1;
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| failed(paths.first().map_or(Path::new("-"), PathBuf::as_path), error))?;
    articles.retain(|_, count| *count >= LEAST_OF_LANGUAGE);
    let sizes: HashMap<u16, u32> = articles.iter().map(|(language, count)| (numbers[language], *count)).collect();
    let kept = counts.into_iter().filter(|(_, count)| *count >= LEAST_ARTICLES);
    let mut shares: Vec<(u32, f32)> =
        kept.filter_map(|((hash, number), count)| Some((hash, count as f32 / *sizes.get(&number)? as f32))).collect();
    shares.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    shares.dedup_by_key(|(hash, _)| *hash);
    let languages: Vec<String> = articles.keys().cloned().collect();
    let bytes = Background::to_bytes(&languages, &shares).map_err(|error| failed(output, error))?;
    fs::write(output, &bytes).map_err(|error| failed(output, error))?;
    let total: u32 = articles.values().sum();
    Ok(format!(
        "{} words and pairs, {} languages, {total} articles, {} bytes",
        shares.len(),
        languages.len(),
        bytes.len()
    ))
}

fn language_of(article: &Article) -> Option<String> {
    let given = language::normalise(&article.language).filter(|_| !article.language.is_empty());
    given.or_else(|| language::detect(&article.body).map(str::to_owned))
}

fn hashes(article: &Article, language: &str) -> HashSet<u32> {
    let mut hashes = HashSet::new();
    for text in [&article.title, &article.body] {
        let mut end = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let words: Vec<String> = terms(&text[..end], Some(language)).into_iter().map(|term| term.text).collect();
        for at in 0..words.len() {
            hashes.insert(key(language, &[&words[at]]));
            if let Some(next) = words.get(at + 1) {
                hashes.insert(key(language, &[&words[at], next]));
            }
        }
    }
    hashes
}
