//! Query parameters as pairs, in order, repeated ones kept; and the links that are made from them.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use url::form_urlencoded;

use super::error::Error;
use crate::{
    document::{self, Facet},
    text::fold::fold,
};

/// The longest query string that is read, in bytes.
const MAX_BYTES: usize = 16 << 10;
/// The most parameters.
const MAX_PAIRS: usize = 300;

/// The one part of a path that says which article or name is meant, decoded.
pub(super) struct Segment(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let wrong = "the address has a `%` in it that is not followed by the bytes of a character in UTF-8";
        path.map(|Path(text)| Self(text)).map_err(|_| Error::BadRequest(wrong.to_owned()))
    }
}

/// Query parameters, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pairs(pub(super) Vec<(String, String)>);

impl Pairs {
    /// Reads a query string.
    pub(super) fn parse(raw: Option<&str>) -> Result<Self, Error> {
        let raw = raw.unwrap_or_default();
        if raw.len() > MAX_BYTES {
            return Err(Error::BadRequest(format!(
                "the query string has {} bytes; expected at most {MAX_BYTES}",
                raw.len()
            )));
        }
        let pairs: Vec<_> = form_urlencoded::parse(raw.as_bytes()).into_owned().take(MAX_PAIRS + 1).collect();
        if pairs.len() > MAX_PAIRS {
            return Err(Error::BadRequest(format!("the query string has more than {MAX_PAIRS} parameters")));
        }
        Ok(Self(pairs))
    }

    /// Leaves out what an empty form field sends.
    pub(super) fn without_blanks(mut self) -> Self {
        self.0.retain(|(_, value)| !value.trim().is_empty());
        self
    }

    /// Returns the pairs with values as they are filed, however they were written: a country by its code, a topic by name.
    pub(super) fn filed(mut self) -> Self {
        for (name, value) in &mut self.0 {
            let bare = name.strip_prefix("exclude_").unwrap_or(name);
            if let Some(facet) = Facet::ALL.into_iter().find(|facet| facet.parameter() == Some(bare)) {
                *value = document::filed(facet, value).to_owned();
            }
        }
        self
    }

    /// Returns the first value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(it, _)| it == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// Says whether the pair is there; case and accents of the value do not matter.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(it, own)| it == name && fold(own) == fold(value))
    }

    /// Returns the pairs with one more at the end, from the first page.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.first_page().0;
        if !self.has(name, value) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        Self(pairs)
    }

    /// Returns the pairs with this as the only value of the name, from the first page.
    pub(super) fn set(&self, name: &str, value: &str) -> Self {
        self.first_page().without(name).with(name, value)
    }

    /// Returns the pairs for a later page: its number, from 1, and where it begins, if that is known.
    pub(super) fn at(&self, page: usize, cursor: Option<&str>) -> Self {
        let mut pairs = self.first_page().0;
        if page > 1 {
            pairs.push(("page".to_owned(), page.to_string()));
            pairs.extend(cursor.map(|cursor| ("cursor".to_owned(), cursor.to_owned())));
        }
        Self(pairs)
    }

    /// Returns the pairs without any value of the name.
    pub(super) fn without(&self, name: &str) -> Self {
        let kept = self.0.iter().filter(|(it, _)| it != name);
        Self(kept.cloned().collect())
    }

    /// Returns the pairs without what only says which part of the answer is looked at.
    pub(super) fn first_page(&self) -> Self {
        let kept = self.0.iter().filter(|(name, _)| !["cursor", "page", "more"].contains(&name.as_str()));
        Self(kept.cloned().collect())
    }

    /// Returns the pairs that `search` knows: all but those of the pages alone.
    pub(super) fn of_search(&self) -> Self {
        self.without("page").without("more")
    }

    /// Returns the pairs without what is counted beside the results.
    pub(super) fn without_counts(&self) -> Self {
        let kept = self.0.iter().filter(|(name, _)| {
            !["facets", "facet_limit", "histogram"].contains(&name.as_str()) && !name.starts_with("facet_prefix.")
        });
        Self(kept.cloned().collect())
    }

    /// Returns the pairs without any restriction of dates, from the first page.
    pub(super) fn without_dates(&self) -> Self {
        self.first_page().without("from").without("to").without("undated")
    }

    /// Returns the pairs without this one, from the first page.
    pub(super) fn drop(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.first_page().0;
        pairs.retain(|(it, own)| !(it == name && fold(own) == fold(value)));
        Self(pairs)
    }

    /// Returns the query string, encoded, without `?`.
    pub(super) fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// Returns the address of the search page with these parameters.
    pub(super) fn link(&self) -> String {
        address("/", &self.query())
    }

    /// Returns the pairs for `search`, with what the page needs unless the reader said otherwise.
    pub(super) fn with_defaults(&self, defaults: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs = self.of_search().0;
        for (name, value) in defaults {
            if self.get(name).is_none() {
                pairs.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        pairs
    }
}

/// Joins path and query.
pub(super) fn address(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Encodes one segment of a path.
pub(super) fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Returns the names of all facets, as `facets=` takes them.
pub(super) fn all_facets() -> String {
    Facet::ALL.map(Facet::name).join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_parameters_are_kept_in_order() {
        let pairs = Pairs::parse(Some("person=A&person=B%20C&q=x&cursor=z")).unwrap();
        assert_eq!(pairs.with("place", "Köln").link(), "/?person=A&person=B+C&q=x&place=K%C3%B6ln");
    }

    #[test]
    fn one_filter_is_dropped_and_the_page_starts_over() {
        let pairs = Pairs::parse(Some("person=A&person=B&cursor=z")).unwrap();
        assert_eq!(pairs.drop("person", "a").link(), "/?person=B");
    }

    #[test]
    fn endless_queries_are_refused() {
        assert!(Pairs::parse(Some(&"a=b&".repeat(301))).is_err());
    }
}
