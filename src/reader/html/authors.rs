//! Who wrote a page: its own description first, then meta elements, then what is marked or printed as a byline.

use super::{
    linked::Linked,
    page::{Page, one_line},
};
use crate::reader::{date::is_month, markup::entities};

/// The most authors of one page.
const MAX_AUTHORS: usize = 20;
/// Meta elements that name an author.
const NAMES: [&str; 7] = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "cxenseparse:author",
];
/// What stands before a name.
const PREFIXES: [&str; 14] = [
    "about the author",
    "guest post by",
    "written by",
    "posted by",
    "published by",
    "authored by",
    "text by",
    "words by",
    "story by",
    "recipe by",
    "article by",
    "author",
    "von",
    "by",
];
/// What is written where a name should be.
const NOBODY: [&str; 14] = [
    "undefined",
    "null",
    "none",
    "admin",
    "administrator",
    "webmaster",
    "editor",
    "staff",
    "guest",
    "author",
    "name",
    "sign in",
    "log in",
    "unknown",
];

/// Returns the authors. `site` is the name of the site, `found` what the extractor thinks.
pub(super) fn of(page: &Page, own: &Linked, site: &str, found: Option<&str>) -> Vec<String> {
    let described = own.authors();
    // The paper itself is no author while somebody else is.
    let people = |names: Vec<String>| some(names.into_iter().filter(|name| !same(name, site)).collect());
    let is_person = |kind: &str| !kind.contains("Organization");
    let linked = described.iter().filter(|(_, kind)| is_person(kind)).map(|(name, _)| name.as_str());
    let cited: Vec<String> = page.metas("citation_author").iter().map(|it| turned(it)).collect();
    let label = || {
        let written = page.meta(&["twitter:label1"]).is_some_and(|it| it.eq_ignore_ascii_case("written by"));
        page.meta(&["twitter:data1"]).filter(|_| written)
    };
    people(cleaned(linked))
        .or_else(|| people(cleaned(cited.iter().map(String::as_str))))
        .or_else(|| {
            NAMES.iter().flat_map(|name| page.metas(name)).find_map(|it| people(cleaned([it.as_str()].into_iter())))
        })
        .or_else(|| people(cleaned(label().as_deref().into_iter())))
        .or_else(|| page.bylines.iter().find_map(|it| byline(it)))
        .or_else(|| after_by(page))
        .or_else(|| {
            some(described.iter().map(|(name, _)| one_line(&entities(name))).filter(|it| is_name(it)).take(1).collect())
        })
        .or_else(|| some(cleaned(found?.split(';'))))
        .unwrap_or_default()
}

fn some(names: Vec<String>) -> Option<Vec<String>> {
    if names.is_empty() { None } else { Some(names) }
}

fn same(name: &str, other: &str) -> bool {
    name.trim().eq_ignore_ascii_case(other.trim())
}

/// Turns `Brandt, Ada` around, as it is written where articles are cited.
fn turned(name: &str) -> String {
    match name.split_once(", ") {
        Some((last, first)) if !first.contains(',') => format!("{first} {last}"),
        _ => name.to_owned(),
    }
}

/// Returns the names in the texts, without what stands around them; what is no name is left out.
fn cleaned<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        let text = one_line(&entities(text));
        for part in bare(&text).replace(" and ", ";").replace(" & ", ";").replace(", ", ";").split([';', '|', '•', '·'])
        {
            let name = bare(part).trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | ':' | '*'));
            if is_degree(name) {
                if let Some(last) = names.last_mut() {
                    last.push_str(", ");
                    last.push_str(name);
                }
                continue;
            }
            if is_name(name) && !names.iter().any(|it| it == name) && names.len() < MAX_AUTHORS {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// Says whether a text is a degree that belongs to the name before it: `MD`, `PhD`, `Jr.`
fn is_degree(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let short = (2..=6).contains(&text.chars().count()) && !text.contains(' ');
    short && (capitals >= 2 || matches!(text, "Jr." | "Jr" | "Sr." | "Sr"))
}

/// Takes off what stands before a name.
fn bare(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(after) = PREFIXES.iter().find_map(|prefix| {
        let begins = rest.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix));
        let after = rest.get(prefix.len()..).filter(|_| begins)?;
        (after.is_empty() || after.starts_with([' ', ':'])).then(|| after.trim_start_matches([' ', ':']))
    }) {
        rest = after;
    }
    rest
}

/// Says whether a text can be a name: letters, no address, no account, no word that is written instead of one.
fn is_name(text: &str) -> bool {
    let lower = text.to_lowercase();
    let account = !text.contains(' ') && (lower == text || text.contains(|c: char| c.is_ascii_digit() || c == '_'));
    let address =
        lower.starts_with("http") || lower.starts_with("www.") || text.contains(['@', '/', '#', '{', '<', '=']);
    (2..=80).contains(&text.chars().count())
        && text.contains(char::is_alphabetic)
        && !account
        && !address
        && !NOBODY.contains(&lower.as_str())
}

/// Reads the text of an element that is marked as a byline.
fn byline(text: &str) -> Option<Vec<String>> {
    let text = bare(text);
    // What follows the name: a date, a role, a section, the time it takes to read.
    let begins = ["|", "•", "·", "(", " - ", " – ", " in ", " on "].iter().filter_map(|it| text.find(it));
    let end = begins.chain(text.find(|c: char| c.is_ascii_digit())).min().unwrap_or(text.len());
    let says_when = |word: &&str| ["published", "updated", "posted", "last"].contains(&word.to_lowercase().as_str());
    let mut name: Vec<&str> = text[..end].split_whitespace().take_while(|word| !says_when(word)).collect();
    // Before a number, a month is one; elsewhere, May is a name.
    let dated = text[end..].starts_with(|c: char| c.is_ascii_digit());
    if dated && name.last().is_some_and(|word| is_month(word)) {
        name.pop();
    }
    let names = cleaned([name.join(" ").as_str()].into_iter());
    some(names).filter(|names| names.iter().all(|name| is_personal(name)))
}

/// Finds `By Ada Brandt` by the headline, in one piece of text or in two.
fn after_by(page: &Page) -> Option<Vec<String>> {
    let pieces: Vec<&str> = page.by_the_headline().collect();
    pieces.iter().enumerate().find_map(|(at, piece)| {
        let rest = bare(piece);
        if rest.len() == piece.trim().len() {
            return None;
        }
        let text = if rest.is_empty() { pieces.get(at + 1).copied()? } else { rest };
        byline(text)
    })
}

/// Says whether a text is written as the name of one person: two to five words, the first and the last capitalized.
fn is_personal(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let capital = |word: &str| word.chars().next().is_some_and(|c| !c.is_lowercase() && c.is_alphabetic());
    (2..=5).contains(&words.len()) && capital(words[0]) && capital(words[words.len() - 1])
}
