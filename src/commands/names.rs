//! `morgue people`, `places`, `organizations` and `topics`: what stands under which heading, and editors' work on it.

use std::collections::HashMap;

use serde_json::json;

use super::{
    Outcome, Usage,
    archive::{self, Archive},
    compare,
};
use crate::{
    authority::Record,
    cli::Names,
    config::Config,
    document::Facet,
    index::Engine,
    ingest,
    ledger::{Edit, EntryView, Touched},
    query::{FacetRequest, Filter, Node, Scope, SearchRequest},
};

/// Names that one search asks for; a query has so many clauses and no more.
const MAX_ASKED: usize = 64;

pub(super) fn run(config: &Config, facet: Facet, what: Names) -> anyhow::Result<Outcome> {
    let archive = match what {
        // Names can be compared without any archive.
        Names::Compare { names, pairs } => return compare::run(config, facet, &names, pairs.as_deref()),
        Names::List { .. } | Names::Show { .. } | Names::Suggest { .. } => archive::open_to_read(config)?,
        _ => archive::open(config)?,
    };
    match what {
        Names::List { prefix, limit } => list(config, &archive, facet, (&prefix, limit)),
        Names::Show { name } => show(config, &archive, facet, &name),
        Names::Suggest { limit } => suggest(config, &archive, facet, limit),
        Names::Merge { names } => merge(config, &archive, facet, names),
        Names::Rename { names } => {
            let [name, to] =
                without_word(names, "to").try_into().map_err(|_| Usage("expected a name and a new one".to_owned()))?;
            edit(config, &archive, facet, &[Edit::Rename { name, to }])
        }
        Names::Alias { name, alias } => edit(config, &archive, facet, &[Edit::Alias { name, alias }]),
        Names::Split { name, forms } => edit(config, &archive, facet, &[Edit::Split { name, forms }]),
        Names::Hide { name } => edit(config, &archive, facet, &[Edit::Hide { name }]),
        Names::Undo => undo(config, &archive, facet),
        Names::Compare { .. } => Ok(Outcome::Well),
    }
}

/// Takes a small word before the last name out: `A into B`, `A INTO B`.
fn without_word(mut names: Vec<String>, word: &str) -> Vec<String> {
    let at = names.len().saturating_sub(2);
    if names.len() > 2 && names[at].eq_ignore_ascii_case(word) {
        names.remove(at);
    }
    names
}

fn list(config: &Config, archive: &Archive, facet: Facet, (prefix, limit): (&str, usize)) -> anyhow::Result<Outcome> {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut request = SearchRequest::new(Node::All);
    request.limit = 0;
    request.facets = vec![FacetRequest { facet, limit, prefix: prefix.to_owned() }];
    let counted = archive.engine.search(&request)?.facets.remove(&facet).unwrap_or_default();
    let mut known: HashMap<String, Record> = HashMap::new();
    archive.ledger.export_authority(true, |record| {
        if Some(record.kind.as_str()) == facet.parameter() {
            known.insert(record.name.clone(), record);
        }
    })?;
    if config.json {
        let values = counted.values.iter().map(|(name, count)| {
            let record = known.get(name);
            let aliases = record.map(|it| it.aliases.as_slice()).unwrap_or_default();
            json!({ "name": name, "count": count, "aliases": aliases, "wikidata": record.and_then(|it| it.wikidata.clone()) })
        });
        super::say(format_args!("{}", json!({ "values": values.collect::<Vec<_>>(), "distinct": counted.distinct })))?;
        return Ok(Outcome::Well);
    }
    for (name, count) in &counted.values {
        let aliases = known.get(name).map(|it| it.aliases.join("; ")).filter(|it| !it.is_empty());
        let aliases = aliases.map(|it| format!(" (also {it})")).unwrap_or_default();
        super::say(format_args!("{count:>9}  {}", plain(&format!("{name}{aliases}"))))?;
    }
    Ok(Outcome::Well)
}

fn show(config: &Config, archive: &Archive, facet: Facet, name: &str) -> anyhow::Result<Outcome> {
    let articles = count(archive, facet, name)?;
    let entry = archive.ledger.entry(facet, name)?;
    if entry.is_none() && articles == 0 {
        return Err(unknown(facet, name).into());
    }
    let entry = entry.unwrap_or_else(|| EntryView {
        name: name.to_owned(),
        wikidata: None,
        lat: None,
        lon: None,
        hidden: false,
        forms: Vec::new(),
    });
    let likely = archive.ledger.likely(facet, usize::MAX)?;
    let own = |it: &str| it == entry.name || entry.forms.iter().any(|form| form.name == it);
    let likely: Vec<_> = likely.into_iter().filter(|it| own(&it.name) || own(&it.into)).collect();
    if config.json {
        let mut shown = json!(entry);
        shown["articles"] = json!(articles);
        let pair = |it: &crate::authority::Likely| json!({ "name": it.name, "into": it.into, "score": score(it.score), "reason": it.reason });
        shown["likely"] = likely.iter().map(pair).collect();
        super::say(format_args!("{shown}"))?;
        return Ok(Outcome::Well);
    }
    let hidden = if entry.hidden { ", hidden" } else { "" };
    super::say(format_args!("{}: {articles} articles{hidden}", plain(&entry.name)))?;
    let place = entry.lat.zip(entry.lon).map(|(lat, lon)| format!("{lat}, {lon}"));
    for fact in entry.wikidata.iter().chain(&place) {
        super::say(format_args!("  {fact}"))?;
    }
    for form in &entry.forms {
        let reason = form.reason.as_deref().unwrap_or_default();
        let origin = json!(form.origin);
        super::say(format_args!(
            "  {:<30} {:<10} {}",
            plain(&form.name),
            origin.as_str().unwrap_or_default(),
            plain(reason)
        ))?;
    }
    for it in &likely {
        super::say(format_args!(
            "  likely, {:.2}: {} is {} ({})",
            it.score,
            plain(&it.name),
            plain(&it.into),
            plain(&it.reason)
        ))?;
    }
    Ok(Outcome::Well)
}

fn suggest(config: &Config, archive: &Archive, facet: Facet, limit: usize) -> anyhow::Result<Outcome> {
    for it in archive.ledger.likely(facet, limit)? {
        if config.json {
            let line = json!({ "name": it.name, "into": it.into, "score": score(it.score), "reason": it.reason });
            super::say(format_args!("{line}"))?;
        } else {
            super::say(format_args!(
                "{:.2}  {} → {}: {}",
                it.score,
                plain(&it.name),
                plain(&it.into),
                plain(&it.reason)
            ))?;
        }
    }
    Ok(Outcome::Well)
}

fn score(score: f32) -> f64 {
    (f64::from(score) * 100.0).round() / 100.0
}

fn merge(config: &Config, archive: &Archive, facet: Facet, names: Vec<String>) -> anyhow::Result<Outcome> {
    let mut names = without_word(names, "into");
    let Some(into) = names.pop() else { return Err(Usage("expected two names or more".to_owned()).into()) };
    let edits: Vec<Edit> = names.into_iter().map(|name| Edit::Merge { name, into: into.clone() }).collect();
    edit(config, archive, facet, &edits)
}

/// Does what was asked for, and puts the articles that it concerns under their headings at once.
fn edit(config: &Config, archive: &Archive, facet: Facet, edits: &[Edit]) -> anyhow::Result<Outcome> {
    for edit in edits {
        check(archive, facet, edit)?;
    }
    // Whoever ingests meanwhile would do so under the old headings.
    let mut writer = archive.engine.writer()?;
    let mut touched = Touched::default();
    for edit in edits {
        let done = archive.ledger.edit(facet, edit)?;
        if !config.quiet {
            eprintln!("{}", plain(&done.what));
        }
        touched.names.extend(done.names);
        touched.anywhere |= done.anywhere;
    }
    renew(config, archive, (facet, &touched), writer.as_mut())
}

fn undo(config: &Config, archive: &Archive, facet: Facet) -> anyhow::Result<Outcome> {
    let mut writer = archive.engine.writer()?;
    let Some(touched) = archive.ledger.undo(facet)? else {
        return Err(Usage(format!("no edit of {} is left to undo", facet.name())).into());
    };
    if !config.quiet {
        eprintln!("undone: {}", plain(&touched.what));
    }
    renew(config, archive, (facet, &touched), writer.as_mut())
}

fn renew(
    config: &Config,
    archive: &Archive,
    (facet, touched): (Facet, &Touched),
    writer: &mut dyn crate::index::Writer,
) -> anyhow::Result<Outcome> {
    let requests = if touched.anywhere { vec![SearchRequest::new(Node::All)] } else { requests(facet, &touched.names) };
    let authority = archive.ledger.authority()?;
    let done = ingest::resolve(archive.engine.inner(), writer, &authority, &requests, &mut ())?;
    if config.json {
        super::say(format_args!("{}", json!({ "what": touched.what, "articles": done.changed })))?;
    } else if !config.quiet {
        eprintln!("{} articles changed", done.changed);
    }
    Ok(Outcome::Well)
}

/// Returns searches for the articles that have one of the names.
fn requests(facet: Facet, names: &[String]) -> Vec<SearchRequest> {
    let named = |name: &String| {
        let words = name.split_whitespace().map(str::to_owned).collect();
        Node::Named { facet, parts: vec![Node::Phrase { scope: Scope::Anywhere, words }] }
    };
    names.chunks(MAX_ASKED).map(|names| SearchRequest::new(Node::Or(names.iter().map(named).collect()))).collect()
}

/// Checks that whom an edit is about is known, so that a slip of the hand makes no entry.
fn check(archive: &Archive, facet: Facet, edit: &Edit) -> anyhow::Result<()> {
    let (name, new): (&str, &[String]) = match edit {
        Edit::Merge { name, into } => (name, std::slice::from_ref(into)),
        Edit::Rename { name, to } => (name, std::slice::from_ref(to)),
        Edit::Alias { name, alias } => (name, std::slice::from_ref(alias)),
        Edit::Split { name, forms } => (name, forms),
        Edit::Hide { name } => (name, &[]),
    };
    for it in [name].into_iter().chain(new.iter().map(String::as_str)) {
        let line = json!({ "kind": facet.parameter(), "name": it }).to_string();
        Record::parse(line.as_bytes()).map_err(|error| Usage(error.to_string()))?;
    }
    let mut must_be_there = vec![name];
    if let Edit::Merge { into, .. } = edit {
        must_be_there.push(into);
    }
    for it in must_be_there {
        if archive.ledger.entry(facet, it)?.is_none() && count(archive, facet, it)? == 0 {
            return Err(unknown(facet, it).into());
        }
    }
    Ok(())
}

fn count(archive: &Archive, facet: Facet, name: &str) -> anyhow::Result<u64> {
    let mut request = SearchRequest::new(Node::All);
    request.limit = 0;
    request.filters = vec![Filter { facet, value: name.to_owned(), exclude: false }];
    Ok(archive.engine.search(&request)?.total)
}

fn unknown(facet: Facet, name: &str) -> Usage {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    let (kind, list) = (facet.parameter().unwrap_or_default(), facet.name());
    Usage(format!("the archive has no {kind} `{shown}`; `morgue {list} list` shows whom it has"))
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
