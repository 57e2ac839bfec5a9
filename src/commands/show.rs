//! `morgue show`: one article with what was read out of it.

use std::io::{self, Write};

use super::{Outcome, Usage, archive};
use crate::{
    config::Config,
    document::{Document, Facet},
    search,
};

/// Prints the article of an id.
pub(super) fn run(config: &Config, id: &str) -> anyhow::Result<Outcome> {
    let engine = archive::open_to_read(config)?.engine;
    let Some(document) = search::article(&engine, id)? else {
        let shown: String = id.chars().take(80).flat_map(char::escape_debug).collect();
        return Err(Usage(format!("there is no article `{shown}` in this archive; `morgue search` shows ids")).into());
    };
    let mut out = io::stdout().lock();
    if config.json {
        serde_json::to_writer(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &document)?;
    }
    Ok(Outcome::Well)
}

fn print(out: &mut impl Write, document: &Document) -> io::Result<()> {
    let article = &document.article;
    let lines = [
        article.title.clone(),
        article.subtitle.clone(),
        article.published.map(|date| date.to_string()).unwrap_or_default(),
        article.source.clone(),
        article.authors.join(", "),
        article.url.clone(),
    ];
    for line in lines.iter().filter(|line| !line.is_empty()) {
        writeln!(out, "{}", plain(line))?;
    }
    writeln!(out, "\n{}\n", plain(&article.body))?;
    for facet in [Facet::People, Facet::Places, Facet::Organizations, Facet::Topics] {
        let values = document.values(facet);
        if !values.is_empty() {
            writeln!(out, "{}: {}", facet.name(), plain(&values.join("; ")))?;
        }
    }
    if !document.extraction.keywords.is_empty() {
        writeln!(out, "keywords: {}", plain(&document.extraction.keywords.join("; ")))?;
    }
    Ok(())
}

/// Takes control characters other than line breaks out.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
