//! The parameters of `GET /api/search`, read from name and value pairs into a checked [`SearchRequest`].
//!
//! Knows no HTTP: pairs come from an address, from the command line or from a saved search alike.

use super::Error;
use crate::{
    article::Date,
    document::Facet,
    extract::topics::vocabulary,
    query::{self, Cursor, DayRange, FacetRequest, Filter, Interval, SearchRequest, Sort, Undated},
};

/// The most pairs that are read.
const MAX_PAIRS: usize = 300;
/// The longest value of a filter, in bytes.
const MAX_VALUE_BYTES: usize = 600;

/// A checked request, and what must be said about its query.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// The request for an engine.
    pub request: SearchRequest,
    /// What had to be repaired in the query.
    pub notices: Vec<String>,
}

impl Parameters {
    /// Reads the pairs. An unknown name or an impossible value is [`Error::Parameter`].
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, Error> {
        if pairs.len() > MAX_PAIRS {
            return Err(bad("parameters", &pairs.len().to_string(), &format!("at most {MAX_PAIRS}")));
        }
        let any = match last(pairs, "match") {
            None | Some("" | "all") => false,
            Some("any") => true,
            Some(other) => return Err(bad("match", other, "`all` or `any`")),
        };
        let parsed = query::parse(last(pairs, "q").unwrap_or(""), any);
        let mut request = SearchRequest::new(parsed.node);
        let mut range = DayRange { from: i32::MIN, to: i32::MAX };
        let mut facet_limit = 10;
        for (name, value) in pairs {
            match name.as_str() {
                "q" | "match" | "facet_limit" => {}
                "from" if !value.is_empty() => range.from = date(name, value)?.days().0,
                "to" if !value.is_empty() => range.to = date(name, value)?.days().1,
                "from" | "to" => {}
                "undated" => request.undated = undated(value)?,
                "sort" => request.sort = sort(value)?,
                "limit" => request.limit = number(name, value, 0, 100)?,
                "story" | "exclude_story" if value.is_empty() => {}
                "story" => request.stories.push(bounded(name, value)?),
                "exclude_story" => request.excluded_stories.push(bounded(name, value)?),
                "collapse" => request.collapse = collapse(value)?,
                "histogram" => request.histogram = interval(value)?,
                "cursor" | "facets" => {}
                _ if name.starts_with("facet_prefix.") => {}
                _ => request.filters.extend(filter(name, value)?),
            }
        }
        if let Some(limit) = last(pairs, "facet_limit") {
            facet_limit = number("facet_limit", limit, 1, 1_000)?;
        }
        for (_, names) in pairs.iter().filter(|(name, _)| name == "facets") {
            for facet in facets(names, facet_limit)? {
                if !request.facets.contains(&facet) {
                    request.facets.push(facet);
                }
            }
        }
        for (name, prefix) in pairs {
            if let Some(facet) = name.strip_prefix("facet_prefix.") {
                let facet = Facet::named(facet).ok_or_else(|| bad(name, facet, FACETS))?;
                let prefix = bounded(name, prefix)?;
                request.facets.iter_mut().filter(|it| it.facet == facet).for_each(|it| it.prefix.clone_from(&prefix));
            }
        }
        if range.from > range.to {
            return Err(bad("to", last(pairs, "to").unwrap_or(""), "a date that is not before `from`"));
        }
        if range.from != i32::MIN || range.to != i32::MAX {
            request.range = Some(range);
        }
        // Without words there is nothing to rank by: the newest first.
        if last(pairs, "sort").is_none_or(str::is_empty) && !request.query.ranks() {
            request.sort = Sort::Newest;
        }
        if let Some(text) = last(pairs, "cursor").filter(|text| !text.is_empty()) {
            request.cursor = Some(read_cursor(text, &request)?);
        }
        Ok(Self { request, notices: parsed.notices })
    }
}

const FACETS: &str = "some of people,places,organizations,topics,sources,sections,authors,languages,countries,years";

fn last<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
}

fn bad(name: &str, value: &str, expected: &str) -> Error {
    Error::Parameter {
        name: name.chars().take(60).collect(),
        value: value.chars().take(60).collect(),
        expected: expected.to_owned(),
    }
}

fn bounded(name: &str, value: &str) -> Result<String, Error> {
    if value.len() > MAX_VALUE_BYTES {
        return Err(bad(name, value, &format!("at most {MAX_VALUE_BYTES} bytes")));
    }
    Ok(value.to_owned())
}

fn filter(name: &str, value: &str) -> Result<Option<Filter>, Error> {
    let (parameter, exclude) = name.strip_prefix("exclude_").map_or((name, false), |rest| (rest, true));
    let facet = Facet::ALL.into_iter().find(|facet| facet.parameter() == Some(parameter));
    let Some(facet) = facet else {
        return Err(bad(name, value, "a parameter that is listed in /openapi.json"));
    };
    if value.trim().is_empty() {
        return Ok(None);
    }
    let value = match vocabulary::coded(value) {
        // Topics are filed by name; whoever has the code of one means the same.
        Some(concept) if facet == Facet::Topics => concept.name("en"),
        _ => value.trim(),
    };
    Ok(Some(Filter { facet, value: bounded(name, value)?, exclude }))
}

fn date(name: &str, value: &str) -> Result<Date, Error> {
    value.parse().map_err(|_| bad(name, value, "a date such as 2025, 2025-10 or 2025-10-16"))
}

fn number(name: &str, value: &str, least: usize, most: usize) -> Result<usize, Error> {
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| bad(name, value, &format!("a number from {least} to {most}")))
}

fn undated(value: &str) -> Result<Undated, Error> {
    match value {
        "" | "include" => Ok(Undated::Include),
        "only" => Ok(Undated::Only),
        "exclude" => Ok(Undated::Exclude),
        _ => Err(bad("undated", value, "`only` or `exclude`")),
    }
}

fn sort(value: &str) -> Result<Sort, Error> {
    match value {
        "" | "relevance" => Ok(Sort::Relevance),
        "newest" => Ok(Sort::Newest),
        "oldest" => Ok(Sort::Oldest),
        _ => Err(bad("sort", value, "`relevance`, `newest` or `oldest`")),
    }
}

fn collapse(value: &str) -> Result<bool, Error> {
    match value {
        "" | "none" => Ok(false),
        "story" => Ok(true),
        _ => Err(bad("collapse", value, "`story`")),
    }
}

fn interval(value: &str) -> Result<Option<Interval>, Error> {
    match value {
        "" | "none" => Ok(None),
        "auto" => Ok(Some(Interval::Auto)),
        "day" => Ok(Some(Interval::Day)),
        "month" => Ok(Some(Interval::Month)),
        "year" => Ok(Some(Interval::Year)),
        _ => Err(bad("histogram", value, "`auto`, `day`, `month`, `year` or `none`")),
    }
}

fn facets(names: &str, limit: usize) -> Result<Vec<FacetRequest>, Error> {
    let named = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    named
        .map(|name| {
            let facet = Facet::ALL.into_iter().find(|facet| facet.name() == name);
            let facet = facet.ok_or_else(|| bad("facets", name, FACETS))?;
            Ok(FacetRequest { facet, limit, prefix: String::new() })
        })
        .collect()
}

fn letter(sort: Sort) -> char {
    match sort {
        Sort::Relevance => 'r',
        Sort::Newest => 'n',
        Sort::Oldest => 'o',
    }
}

/// Writes a cursor for an address; it is good for the search and the order it was made in.
pub(super) fn write_cursor(cursor: &Cursor, request: &SearchRequest) -> String {
    let Cursor { key, tie, view, passed } = cursor;
    format!("{}{}.{key}.{view:x}.{passed}~{tie}", letter(request.sort), mark(request))
}

fn read_cursor(text: &str, request: &SearchRequest) -> Result<Cursor, Error> {
    let wrong = || bad("cursor", text, "the `next` of an earlier answer to the same search in the same order");
    let rest = text.strip_prefix(letter(request.sort)).and_then(|it| it.strip_prefix(&mark(request)));
    let (numbers, tie) = rest.and_then(|it| it.strip_prefix('.')?.split_once('~')).ok_or_else(wrong)?;
    let mut numbers = numbers.split('.');
    let mut next = || numbers.next().ok_or_else(wrong);
    let key = next()?.parse().map_err(|_| wrong())?;
    let view = u64::from_str_radix(next()?, 16).map_err(|_| wrong())?;
    let passed: u32 = next()?.parse().map_err(|_| wrong())?;
    Ok(Cursor { key, tie: bounded("cursor", tie)?, view, passed: u64::from(passed) })
}

/// Returns eight digits that tell searches apart whose hits are not the same.
fn mark(request: &SearchRequest) -> String {
    let hits = (&request.query, &request.filters, &request.stories, &request.excluded_stories);
    let written = format!("{hits:?}{:?}{:?}{}", request.range, request.undated, request.collapse);
    blake3::hash(written.as_bytes()).to_hex()[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Parameters, Error> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Parameters::from_pairs(&pairs)
    }

    #[test]
    fn every_parameter_is_read() {
        let pairs = [
            ("q", "peace"),
            ("person", "Ada Brandt"),
            ("person", "Jan Kos"),
            ("exclude_source", "Courier"),
            ("story", "1"),
            ("exclude_story", "2"),
            ("from", "2024-02"),
            ("to", "2024-03"),
            ("undated", "exclude"),
            ("match", "any"),
            ("facets", "people,years,people"),
            ("facet_prefix.people", "ad"),
            ("facet_limit", "50"),
            ("histogram", "auto"),
            ("sort", "oldest"),
            ("collapse", "story"),
            ("limit", "100"),
        ];
        let request = read(&pairs).unwrap().request;
        assert_eq!((request.filters.len(), request.stories.len(), request.excluded_stories.len()), (3, 1, 1));
        assert_eq!(request.facets[0], FacetRequest { facet: Facet::People, limit: 50, prefix: "ad".into() });
        assert_eq!(request.facets.len(), 2);
        assert_eq!(request.range.map(|range| range.to - range.from), Some(59));
        assert!(request.collapse && request.limit == 100);
    }

    #[test]
    fn a_cursor_is_good_for_its_own_search_only() {
        let request = |q: &str, more: &[(&str, &str)]| read(&[&[("q", q)], more].concat());
        let cursor = Cursor { key: 12, tie: "x~y".into(), view: 10, passed: 20 };
        let written = write_cursor(&cursor, &request("peace", &[]).unwrap().request);
        let with = [("cursor", written.as_str()), ("limit", "5"), ("facets", "people")];
        assert_eq!(request("peace", &with).unwrap().request.cursor, Some(cursor));
        for (q, more) in [("war", ("limit", "5")), ("peace", ("sort", "newest")), ("peace", ("from", "2024"))] {
            assert!(request(q, &[("cursor", written.as_str()), more]).is_err(), "{q} {more:?}");
        }
    }

    #[test]
    fn what_cannot_be_ranked_is_sorted_by_date() {
        for (q, sort) in [("person:kos", Sort::Newest), ("-peace", Sort::Newest), ("person:kos peace", Sort::Relevance)]
        {
            assert_eq!(read(&[("q", q)]).unwrap().request.sort, sort, "{q}");
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        for (name, value) in [
            ("from", "soon"),
            ("limit", "101"),
            ("limit", "-1"),
            ("limit", "ten"),
            ("facet_limit", "0"),
            ("facet_prefix.persons", "a"),
            ("histogram", "week"),
            ("undated", "yes"),
            ("match", "some"),
            ("collapse", "source"),
            ("format", "csv"),
            ("exclude_people", "x"),
            ("to", "2024-13"),
            ("year", "2024"),
            ("cursor", "n.1~a"),
            ("sort", "best"),
            ("frm", "2024"),
            ("facets", "persons"),
            ("cursor", "zz"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
