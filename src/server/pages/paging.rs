//! Pages of results and, within them, the neighbours of an article.
//!
//! A page of an address has a number, for people, and a cursor, which makes it quick; where the cursor is missing (a link
//! backwards) it is found by walking from the beginning, a bounded way.

use super::article::Name;
use crate::{
    index::Engine,
    search::{self, Answer, answer::HitView},
    server::{
        error::Error,
        params::{Pairs, address, segment},
    },
};

/// Results on a page, unless the address says otherwise.
const USUAL: usize = 20;
/// The highest number that a page may claim to have.
const MOST_PAGES: usize = 100_000_000;
/// How many results are walked over in search of a page; a link backwards goes no further.
const MOST_WALKED: usize = 2_000;
/// Results that are fetched at once on the way.
const STRIDE: usize = 100;

/// Returns the address of an article, with the search that led to it.
pub(super) fn article_link(id: &str, pairs: &Pairs) -> String {
    address(&format!("/articles/{}", segment(id)), &pairs.query())
}

/// Which page of the results an address means.
pub(super) struct Page {
    /// From 1.
    pub(super) number: usize,
    /// Results on a page.
    pub(super) size: usize,
    cursor: Option<String>,
}

impl Page {
    /// Reads the page of an address and finds where it begins; a page that cannot be found is the first.
    pub(super) fn find(engine: &dyn Engine, pairs: &Pairs) -> Result<Self, search::Error> {
        let size = pairs.get("limit").and_then(|it| it.parse().ok()).unwrap_or(USUAL).clamp(1, 100);
        let number = pairs.get("page").and_then(|it| it.parse().ok()).filter(|it| (1..=MOST_PAGES).contains(it));
        let number = number.unwrap_or(1);
        let first = Self { number: 1, size, cursor: None };
        match pairs.get("cursor") {
            Some(cursor) => Ok(Self { number, size, cursor: Some(cursor.to_owned()) }),
            None if number == 1 || (number - 1).saturating_mul(size) > MOST_WALKED => Ok(first),
            None => Ok(match walk(engine, pairs, (number - 1) * size)? {
                Some(cursor) => Self { number, size, cursor: Some(cursor) },
                None => first,
            }),
        }
    }

    /// Returns the pairs for `search`, facets and histogram aside.
    pub(super) fn pairs(&self, pairs: &Pairs) -> Pairs {
        let mut bare = pairs.of_search().without("cursor").without("limit").0;
        bare.push(("limit".to_owned(), self.size.to_string()));
        bare.extend(self.cursor.iter().map(|cursor| ("cursor".to_owned(), cursor.clone())));
        Pairs(bare)
    }

    /// Returns the number of results before this page.
    pub(super) fn before(&self) -> usize {
        (self.number - 1) * self.size
    }

    /// Returns the address of this page, for links from its results.
    pub(super) fn here(&self, pairs: &Pairs) -> Pairs {
        pairs.at(self.number, self.cursor.as_deref())
    }

    /// Returns the address of the page before, if there is one that can be reached.
    pub(super) fn previous(&self, pairs: &Pairs) -> Option<Pairs> {
        let reached = self.number > 1 && (self.number - 2) * self.size <= MOST_WALKED;
        reached.then(|| pairs.at(self.number - 1, None))
    }

    /// Returns the address of the page after, if the answer says that there is one.
    pub(super) fn next(&self, answer: &Answer, pairs: &Pairs) -> Option<Pairs> {
        answer.next.as_deref().map(|cursor| pairs.at(self.number + 1, Some(cursor)))
    }
}

/// Returns the cursor after so many results; `None` if there are not as many.
fn walk(engine: &dyn Engine, pairs: &Pairs, mut count: usize) -> Result<Option<String>, search::Error> {
    let bare = pairs.of_search().without("cursor").without("limit").without("facets").without("histogram");
    let mut cursor = None;
    while count > 0 {
        let stride = count.min(STRIDE);
        let mut wanted = bare.0.clone();
        wanted.push(("limit".to_owned(), stride.to_string()));
        wanted.extend(cursor.take().map(|cursor| ("cursor".to_owned(), cursor)));
        match search::search(engine, &wanted)?.next {
            Some(next) => cursor = Some(next),
            None => return Ok(None),
        }
        count -= stride;
    }
    Ok(cursor)
}

/// Where an article stands in the search that led to it.
#[derive(Default)]
pub(super) struct Place {
    /// `3 of 128`; empty if the search does not have it.
    pub(super) said: String,
    pub(super) previous: Option<Name>,
    pub(super) next: Option<Name>,
}

impl Place {
    /// Finds the article on the page of results that the address means. Parameters that `search` would refuse lead nowhere.
    pub(super) fn find(engine: &dyn Engine, pairs: &Pairs, id: &str) -> Result<Self, Error> {
        if pairs.0.is_empty() {
            return Ok(Self::default());
        }
        match Self::on_page(engine, pairs, id) {
            Err(Error::BadRequest(_)) => Ok(Self::default()),
            other => other,
        }
    }

    fn on_page(engine: &dyn Engine, pairs: &Pairs, id: &str) -> Result<Self, Error> {
        let fetch = |page: &Page| {
            let bare = page.pairs(pairs).without_counts();
            search::search(engine, &bare.0).map_err(Error::from)
        };
        let page = Page::find(engine, pairs)?;
        let answer = fetch(&page)?;
        let Some(at) = answer.hits.iter().position(|hit| hit.id == id) else {
            return Ok(Self::default());
        };
        let here = page.here(pairs);
        let previous = match at.checked_sub(1) {
            Some(before) => Some(link(&answer.hits[before], &here)),
            None => match page.previous(pairs) {
                Some(there) => {
                    let before = fetch(&Page::find(engine, &there)?)?;
                    before.hits.last().map(|hit| link(hit, &there))
                }
                None => None,
            },
        };
        let next = match (answer.hits.get(at + 1), page.next(&answer, pairs)) {
            (Some(after), _) => Some(link(after, &here)),
            (None, Some(there)) => {
                let after = fetch(&Page::find(engine, &there)?)?;
                after.hits.first().map(|hit| link(hit, &there))
            }
            (None, None) => None,
        };
        let number = super::words::number((page.before() + at + 1) as u64);
        Ok(Self { said: format!("{number} of {}", super::words::number(answer.total)), previous, next })
    }
}

fn link(hit: &HitView, pairs: &Pairs) -> Name {
    let text = if hit.title.trim().is_empty() { "(no headline)".to_owned() } else { hit.title.clone() };
    Name { href: article_link(&hit.id, pairs), text }
}
