//! `morgue people compare`: whether two names are one, with a score and the reason.

use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::{Outcome, Usage, archive};
use crate::{
    authority::{
        Authority,
        compare::{self, Judgement, Link},
        key,
    },
    config::Config,
    document::Facet,
};

/// The most pairs of one file.
const MAX_PAIRS: usize = 10_000_000;
/// The longest name that is compared, in bytes.
const MAX_NAME: usize = 2_000;
/// What the columns of two names may be called.
const HEADERS: [[&str; 2]; 8] = [
    ["name", "other"],
    ["a", "b"],
    ["name_a", "name_b"],
    ["name1", "name2"],
    ["name_1", "name_2"],
    ["left", "right"],
    ["one", "other"],
    ["first", "second"],
];

pub(super) fn run(config: &Config, facet: Facet, names: &[String], pairs: Option<&Path>) -> anyhow::Result<Outcome> {
    // What was decided in the archive counts, if there is one.
    let authority = match archive::open_to_read(config) {
        Ok(archive) => archive.ledger.authority()?,
        Err(error) if error.is::<Usage>() => Authority::default(),
        Err(error) => return Err(error),
    };
    if let Some(file) = pairs {
        return of_file(config, facet, &authority, file);
    }
    let [one, other] = names else { return Err(Usage("expected two names".to_owned()).into()) };
    let judged = judge(&authority, facet, one, other);
    say(config, one, other, &judged)?;
    Ok(Outcome::Well)
}

fn judge(authority: &Authority, facet: Facet, one: &str, other: &str) -> Judgement {
    let named = compare::compare(facet, bounded(one), bounded(other));
    match (authority.entry(facet, one), authority.entry(facet, other)) {
        (Some(a), Some(b)) if std::ptr::eq(a, b) && key(one) != key(other) => Judgement {
            score: named.score.max(0.95),
            link: Link::Same,
            reason: format!("both stand under `{}`", a.name),
        },
        _ => named,
    }
}

fn bounded(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

fn say(config: &Config, one: &str, other: &str, judged: &Judgement) -> std::io::Result<()> {
    let score = (f64::from(judged.score) * 100.0).round() / 100.0;
    if config.json {
        let line = json!({ "names": [one, other], "same": judged.is_same(), "score": score, "link": judged.link, "reason": judged.reason });
        return super::say(format_args!("{line}"));
    }
    let same = if judged.is_same() { "same" } else { "not same" };
    let line = format!("{score:.2}  {same}  {one} / {other}: {}", judged.reason);
    super::say(format_args!("{}", line.replace(char::is_control, " ")))
}

/// How often the answers were right, where the file says what is.
#[derive(Default)]
struct Tally {
    /// Called one, and are.
    right: usize,
    called: usize,
    there: usize,
    pairs: usize,
}

fn of_file(config: &Config, facet: Facet, authority: &Authority, file: &Path) -> anyhow::Result<Outcome> {
    let shown = file.display();
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(file);
    let mut reader = reader.with_context(|| format!("cannot read `{shown}`"))?;
    let (mut columns, mut tally, mut outcome) = ((0, 1, None), Tally::default(), Outcome::Well);
    for (number, row) in reader.records().take(MAX_PAIRS).enumerate() {
        let Ok(row) = row else {
            eprintln!("rejected: {shown}:{}: not a row of a table in UTF-8", number + 1);
            outcome = Outcome::SomeRejected;
            continue;
        };
        if number == 0
            && let Some(found) = header(&row)
        {
            columns = found;
            continue;
        }
        let (Some(one), Some(other)) = (row.get(columns.0), row.get(columns.1)) else {
            eprintln!("rejected: {shown}:{}: expected two names", number + 1);
            outcome = Outcome::SomeRejected;
            continue;
        };
        let judged = judge(authority, facet, one, other);
        say(config, one, other, &judged)?;
        if let Some(same) = columns.2.and_then(|at| row.get(at)).and_then(truth) {
            tally.pairs += 1;
            tally.there += usize::from(same);
            tally.called += usize::from(judged.is_same());
            tally.right += usize::from(same && judged.is_same());
        }
    }
    if tally.pairs > 0 && !config.quiet {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        eprintln!(
            "{} pairs: precision {:.1}, recall {:.1}",
            tally.pairs,
            share(tally.right, tally.called),
            share(tally.right, tally.there)
        );
    }
    Ok(outcome)
}

/// Returns the columns of the names and of the truth, if the row is a header.
fn header(row: &csv::StringRecord) -> Option<(usize, usize, Option<usize>)> {
    let place = |name: &str| row.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let (one, other) = HEADERS.iter().find_map(|[one, other]| place(one).zip(place(other)))?;
    Some((one, other, ["same", "match", "label"].into_iter().find_map(place)))
}

fn truth(cell: &str) -> Option<bool> {
    match cell.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "same" => Some(true),
        "0" | "false" | "no" | "different" => Some(false),
        _ => None,
    }
}
