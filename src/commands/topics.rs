//! Topics on the command line: `morgue train topics`, `morgue evaluate topics`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Context;

use super::{Outcome, Usage};
use crate::{
    cli::{TaggedField, TopicReading, Topics as Typed},
    config::Config,
    extract::topics::Topics,
    train::topics::{Filter, Labels, Reading, Rules, Score, Settings, evaluate as measure, train as learn},
};

/// Trains a model of topics, writes it, and prints what cross-validation says of it.
pub(super) fn train(config: &Config, typed: Typed) -> anyhow::Result<Outcome> {
    let mut reading = reading(typed.reading)?;
    reading.rules = typed.map.as_deref().map(Rules::read).transpose()?.unwrap_or_default();
    reading.apart_from = typed.apart_from;
    if typed.precision.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        return Err(Usage("expected a precision from 0 to 1, such as 0.9".to_owned()).into());
    }
    let settings = Settings {
        folds: usize::from(typed.folds),
        precision: typed.precision,
        // Every article is about one of the seventeen.
        surest: reading.media_topics.then_some(true),
        ..Settings::default()
    };
    let corpus = reading.files(&typed.files)?;
    let (bytes, report) = learn(&corpus, &settings)?;
    std::fs::write(&typed.output, &bytes)
        .with_context(|| format!("cannot write the model `{}`", typed.output.display()))?;
    if config.json {
        super::say(format_args!("{}", serde_json::to_string(&report)?))?;
        return Ok(Outcome::Well);
    }
    print(&report.validated, false)?;
    super::say(format_args!(
        "\ncross-validated on {} articles; {} features, {} bytes in `{}`",
        report.articles,
        report.features,
        report.bytes,
        typed.output.display()
    ))?;
    Ok(Outcome::Well)
}

/// Measures a model of topics on tagged articles, without those that it may have seen.
pub(super) fn evaluate(
    config: &Config,
    files: &[PathBuf],
    typed: TopicReading,
    (model, seen): (Option<PathBuf>, &[PathBuf]),
) -> anyhow::Result<Outcome> {
    let topics = match model {
        Some(path) => {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read the model `{}`", path.display()))?;
            Topics::from_bytes(&bytes)?
        }
        None => Topics::embedded()?,
    };
    let score = measure(&topics, &reading(typed)?, files, seen)?;
    if config.json {
        super::say(format_args!("{}", serde_json::to_string(&score)?))?;
    } else {
        print(&score, true)?;
    }
    Ok(Outcome::Well)
}

fn reading(typed: TopicReading) -> anyhow::Result<Reading> {
    let only = match &typed.only {
        None => None,
        Some(text) => {
            Some(Filter::parse(text).ok_or_else(|| Usage(format!("`{text}` is no filter; expected FIELD=VALUE")))?)
        }
    };
    let labels = typed.labels.as_deref().map(Labels::read).transpose()?.unwrap_or_default();
    let field = match typed.field {
        TaggedField::Topics => "topics",
        TaggedField::Tags => "tags",
        TaggedField::Section => "section",
    };
    Ok(Reading {
        field: field.to_owned(),
        only,
        labels,
        media_topics: typed.media_topics,
        untagged: typed.untagged,
        ..Reading::default()
    })
}

/// Prints the headings with their figures, then all together, then who is taken for whom.
fn print(score: &Score, confusion: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:<44} {:>8} {:>6} {:>6} {:>6}", "heading", "articles", "P", "R", "F1")?;
    for it in &score.headings {
        let name: String = it.name.chars().take(44).collect();
        writeln!(out, "{name:<44} {:>8} {:>6.3} {:>6.3} {:>6.3}", it.articles, it.precision, it.recall, it.f1)?;
    }
    let Score { micro_f1, micro_precision, micro_recall, macro_f1, occurring_f1, articles, .. } = score;
    let occurring = score.headings.iter().filter(|it| it.articles > 0).count();
    writeln!(out, "\nmicro-F1 {micro_f1:.3} (P {micro_precision:.3}, R {micro_recall:.3}), {articles} articles")?;
    writeln!(out, "of the {occurring} headings that occur: micro-F1 {occurring_f1:.3}, macro-F1 {macro_f1:.3}")?;
    if let Some(surest) = score.surest {
        writeln!(out, "surest heading among the article's own: {surest:.3}")?;
    }
    if let Some(first) = score.first {
        writeln!(out, "surest heading is the article's first: {first:.3}")?;
    }
    if let Some(rate) = score.per_second {
        writeln!(out, "{rate:.0} articles/s on one thread, reading left out")?;
    }
    // A table of more headings than this is read by programs, with --json.
    if confusion && score.headings.len() <= 24 {
        writeln!(out, "\nfirst heading (row), surest assigned (column, the last: none)")?;
        for (it, row) in score.headings.iter().zip(&score.confusion).filter(|(_, row)| row.iter().any(|it| *it > 0)) {
            let name: String = it.name.chars().take(20).collect();
            let cells: String =
                row.iter().map(|count| if *count == 0 { "   .".to_owned() } else { format!("{count:>4}") }).collect();
            writeln!(out, "{name:<20}{cells}")?;
        }
    }
    Ok(())
}
