//! How good a model of topics is on tagged articles.

use std::{ops::ControlFlow, path::PathBuf, time::Instant};

use serde::Serialize;

use super::{close::Known, corpus::Reading, validation::Counts};
use crate::{
    extract::topics::{Heading, Topics, features::Features},
    reader::{self, Item, Source},
    train::{Error, failed},
};

/// Precision, recall and F1 of one heading, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeadingScore {
    /// Which.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Articles that have it.
    pub articles: usize,
    /// Share of the given that are right; 0 where none was given.
    pub precision: f64,
    /// Share of those that have it which were given it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// How good a model is, shares from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Articles measured on.
    pub articles: usize,
    /// Over all headings of all articles.
    pub micro_precision: f64,
    /// Over all headings of all articles.
    pub micro_recall: f64,
    /// Over all headings of all articles.
    pub micro_f1: f64,
    /// The same over those headings only that at least one article has: what the model gives beside them is not counted.
    pub occurring_f1: f64,
    /// Mean over the headings that at least one article has.
    pub macro_f1: f64,
    /// Share of the articles whose surest heading is among theirs; `None` where it was not asked.
    pub surest: Option<f64>,
    /// Share of the articles whose surest heading is their first.
    pub first: Option<f64>,
    /// By heading, in the order of the codes.
    pub headings: Vec<HeadingScore>,
    /// Articles by first heading (row) and surest assigned one (column, the last for none).
    pub confusion: Vec<Vec<usize>>,
    /// Articles per second and thread, reading left out; `None` where it was not measured.
    pub per_second: Option<f64>,
}

/// Returns the score of counted headings.
pub(super) fn of_counts(headings: &[Heading], counts: &[Counts], articles: usize) -> Score {
    let share = |part: usize, of: usize| if of == 0 { 0.0 } else { part as f64 / of as f64 };
    let scores: Vec<HeadingScore> = headings
        .iter()
        .zip(counts)
        .map(|(heading, counts)| HeadingScore {
            code: heading.code.clone(),
            name: heading.name.clone(),
            articles: counts.there,
            precision: share(counts.right, counts.given),
            recall: share(counts.right, counts.there),
            f1: counts.f1(),
        })
        .collect();
    let sum = |of: fn(&Counts) -> usize| counts.iter().map(of).sum::<usize>();
    let all = Counts { right: sum(|it| it.right), given: sum(|it| it.given), there: sum(|it| it.there) };
    let occurring = counts.iter().filter(|it| it.there > 0).fold(Counts::default(), |sum, it| Counts {
        right: sum.right + it.right,
        given: sum.given + it.given,
        there: sum.there + it.there,
    });
    let there: Vec<f64> = scores.iter().filter(|it| it.articles > 0).map(|it| it.f1).collect();
    Score {
        articles,
        micro_precision: share(all.right, all.given),
        micro_recall: share(all.right, all.there),
        micro_f1: all.f1(),
        occurring_f1: occurring.f1(),
        macro_f1: there.iter().sum::<f64>() / there.len().max(1) as f64,
        surest: None,
        first: None,
        headings: scores,
        confusion: Vec::new(),
        per_second: None,
    }
}

/// Measures a model on tagged articles. With `seen`, articles that closely match one of those files are left out.
pub fn evaluate(topics: &Topics, reading: &Reading, paths: &[PathBuf], seen: &[PathBuf]) -> Result<Score, Error> {
    let known = left_out(seen, reading)?;
    let (mut articles, mut tagged) = (0, Vec::new());
    each(paths, &mut |article| {
        articles += 1;
        let article_headings = reading.headings(&article);
        tagged.extend(article_headings.map(|headings| (article, headings)));
    })?;
    tagged.retain(|(article, _)| !known.is_close(article));
    if tagged.iter().all(|(_, headings)| headings.is_empty()) {
        return Err(Error::Unmeasured { field: reading.field.clone(), articles });
    }
    let headings = topics.headings();
    let number = |code: &String| headings.iter().position(|heading| heading.code == *code || heading.name == *code);
    let begun = Instant::now();
    let assigned: Vec<Vec<(usize, f32)>> = tagged
        .iter()
        .map(|(article, _)| topics.assigned(&Features::of(&article.title, &[&article.subtitle, &article.body])))
        .collect();
    let seconds = begun.elapsed().as_secs_f64();
    let mut counts = vec![Counts::default(); headings.len()];
    let mut confusion = vec![vec![0; headings.len() + 1]; headings.len()];
    let (mut surest, mut first, mut outside) = (0, 0, 0);
    for ((_, own), assigned) in tagged.iter().zip(&assigned) {
        // A heading that the model does not know cannot be given, and counts as missed.
        outside += own.iter().filter(|code| number(code).is_none()).count();
        let own: Vec<usize> = own.iter().filter_map(number).collect();
        for at in &own {
            counts[*at].there += 1;
        }
        for (at, _) in assigned {
            counts[*at].given += 1;
            counts[*at].right += usize::from(own.contains(at));
        }
        let top = assigned.first().map(|(at, _)| *at);
        surest += usize::from(top.is_some_and(|at| own.contains(&at)));
        first += usize::from(top.is_some() && top == own.first().copied());
        if let Some(row) = own.first() {
            confusion[*row][top.unwrap_or(headings.len())] += 1;
        }
    }
    let mut score = of_counts(headings, &counts, tagged.len());
    let there: usize = counts.iter().map(|it| it.there).sum::<usize>() + outside;
    let (right, given): (usize, usize) = counts.iter().fold((0, 0), |sum, it| (sum.0 + it.right, sum.1 + it.given));
    score.micro_recall = right as f64 / there.max(1) as f64;
    score.micro_f1 = 2.0 * right as f64 / (given + there).max(1) as f64;
    let share = |part: usize| Some(part as f64 / tagged.len().max(1) as f64);
    (score.surest, score.first, score.confusion) = (share(surest), share(first), confusion);
    score.per_second = (seconds > 0.0).then(|| tagged.len() as f64 / seconds);
    Ok(score)
}

pub(super) fn each(paths: &[PathBuf], take: &mut dyn FnMut(crate::article::Article)) -> Result<(), Error> {
    if paths.is_empty() {
        return Ok(());
    }
    let sources: Vec<Source> = paths.iter().map(|path| Source::typed(path)).collect();
    let read = reader::read(&sources, None, &mut |item| {
        if let Item::Article { article, .. } = item {
            take(*article);
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| failed(paths.first().map_or(std::path::Path::new("-"), PathBuf::as_path), error))
}

/// Returns the articles of the files that the reading does not take.
pub(super) fn left_out(paths: &[PathBuf], reading: &Reading) -> Result<Known, Error> {
    let mut known = Known::default();
    each(paths, &mut |article| {
        if reading.headings(&article).is_none() {
            known.add(&article);
        }
    })?;
    Ok(known)
}
