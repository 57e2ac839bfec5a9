//! `morgue search`: hits as lines for people, as JSON for scripts.

use std::io::{self, IsTerminal, Write};

use super::{Outcome, archive};
use crate::{
    config::Config,
    search::{self, Answer, answer::HitView},
};

/// Prints the answer to a search whose parameters are those of `GET /api/search`.
pub(super) fn run(config: &Config, pairs: &[(String, String)]) -> anyhow::Result<Outcome> {
    search::Parameters::from_pairs(pairs)?;
    let engine = archive::open_to_read(config)?.engine;
    let answer = search::search(&engine, pairs)?;
    let mut out = io::stdout().lock();
    if config.json {
        serde_json::to_writer(&mut out, &answer).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(Outcome::Well);
    }
    if !config.quiet {
        summary(&answer);
    }
    let marks = if out.is_terminal() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    for hit in &answer.hits {
        print(&mut out, hit, marks)?;
    }
    for (name, facet) in &answer.facets {
        writeln!(out, "{name} ({} in all)", facet.distinct)?;
        for value in &facet.values {
            writeln!(out, "{:>9}  {}", value.count, plain(&value.value))?;
        }
    }
    if let Some(histogram) = &answer.histogram {
        writeln!(out, "published (undated: {})", histogram.undated)?;
        for bucket in &histogram.buckets {
            writeln!(out, "{:>9}  {}", bucket.count, bucket.from)?;
        }
    }
    Ok(Outcome::Well)
}

/// What was understood and how much there is goes to stderr: it is no data.
fn summary(answer: &Answer) {
    let what = if answer.query.understood.is_empty() { "every article" } else { &answer.query.understood };
    let articles = if answer.total == 1 { "article" } else { "articles" };
    let stories = answer.stories.map(|stories| format!(" in {stories} stories")).unwrap_or_default();
    eprintln!("{what}: {} {articles}{stories} in {} ms", answer.total, answer.took_ms);
    for notice in &answer.query.notices {
        eprintln!("note: {notice}");
    }
    for other in &answer.query.suggestions {
        let mut said: Vec<String> = Some(&other.query).filter(|it| !it.is_empty()).cloned().into_iter().collect();
        said.extend(other.without.iter().map(|it| format!("without {} {}", it.name, it.value)));
        said.extend(other.matching.map(|matching| format!("--match {matching}")));
        eprintln!("try: {} ({})", said.join(" "), other.total);
    }
    if let Some(next) = &answer.next {
        eprintln!("more: --cursor '{next}'");
    }
}

fn print(out: &mut impl Write, hit: &HitView, marks: (&str, &str)) -> io::Result<()> {
    let title = if hit.title.is_empty() { "(untitled)".to_owned() } else { unescaped(&hit.snippet.title, marks) };
    let date = hit.published.as_deref().unwrap_or("undated");
    writeln!(out, "{:<10}  {title}", date.get(..10).unwrap_or(date))?;
    let source = if hit.source.is_empty() { String::new() } else { format!("{} · ", plain(&hit.source)) };
    writeln!(out, "            {source}{}", plain(&hit.id))?;
    for passage in &hit.snippet.body {
        writeln!(out, "            {}", unescaped(passage, marks))?;
    }
    Ok(())
}

/// Turns a snippet's HTML back into text for a terminal.
fn unescaped(html: &str, marks: (&str, &str)) -> String {
    plain(html)
        .replace("<mark>", marks.0)
        .replace("</mark>", marks.1)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Takes control characters out, so that no article can steer a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
