//! Facets as lists of links that take or drop a filter, and the active filters as chips.

use std::collections::BTreeMap;

use super::words;
use crate::{
    document::Facet,
    search::answer::{FacetValue, FacetView},
    server::params::Pairs,
};

/// Values that are fetched of every facet.
pub(super) const FETCHED: &str = "24";
/// Values that are fetched of the one facet that is shown in full.
pub(super) const IN_FULL: &str = "500";
/// Values that stand open; the others follow under "more".
const SHOWN: usize = 8;

/// A facet on the page.
pub(super) struct FacetList {
    pub(super) name: &'static str,
    pub(super) heading: String,
    /// The values that stand open.
    pub(super) values: Vec<FacetLine>,
    /// The values under "more".
    pub(super) rest: Vec<FacetLine>,
    /// How many stand under "more", with what is not on the page.
    pub(super) hidden: String,
    /// Label and address of the facet in full; `None` if it is on the page.
    pub(super) all: Option<(String, String)>,
    /// The form that looks for a value, where the facet is shown in full.
    pub(super) look_up: Option<LookUp>,
}

/// A form that narrows the values of a facet to those that begin so.
pub(super) struct LookUp {
    pub(super) parameter: String,
    pub(super) prefix: String,
    pub(super) hidden: Vec<(String, String)>,
    /// The address without the full list.
    pub(super) close: String,
    /// `500 of 1,204`; empty if all are shown.
    pub(super) shown: String,
}

/// A value of a facet.
pub(super) struct FacetLine {
    pub(super) label: String,
    pub(super) count: String,
    /// Percent of the articles found, 0 to 100.
    pub(super) share: u64,
    pub(super) active: bool,
    /// Takes the filter, or drops it when active.
    pub(super) href: String,
    /// Excludes the value; empty where that cannot be.
    pub(super) not: String,
}

/// An active filter, and the address without it.
pub(super) struct Chip {
    /// `person`, `not place`.
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) href: String,
}

/// Returns the facets in the order of the archive, empty ones left out.
pub(super) fn lists(facets: &BTreeMap<&'static str, FacetView>, pairs: &Pairs, total: u64) -> Vec<FacetList> {
    let shown = Facet::ALL.into_iter().filter_map(|facet| {
        let view = facets.get(facet.name())?;
        (in_full(pairs) == Some(facet) || !view.values.is_empty()).then(|| list(facet, view, pairs, total))
    });
    shown.collect()
}

/// Returns the facet that the address wants shown in full.
pub(super) fn in_full(pairs: &Pairs) -> Option<Facet> {
    pairs.get("more").and_then(Facet::named)
}

fn list(facet: Facet, view: &FacetView, pairs: &Pairs, total: u64) -> FacetList {
    let look_up = (in_full(pairs) == Some(facet)).then(|| look_up(facet, view, pairs));
    let most = view.values.iter().map(|it| it.count).max().unwrap_or(1);
    let whole = total.max(most).max(1);
    let mut values: Vec<FacetLine> = view.values.iter().map(|value| line(facet, value, pairs, whole)).collect();
    // What is active is never hidden.
    values.sort_by_key(|it| !it.active);
    let fetched = values.len() as u64;
    let open = if look_up.is_some() { values.len() } else { SHOWN.min(values.len()) };
    let rest = values.split_off(open);
    let more = format!("{}#{}", pairs.first_page().set("more", facet.name()).link(), facet.name());
    let missing = look_up.is_none() && view.distinct > fetched;
    FacetList {
        name: facet.name(),
        heading: words::heading(facet).to_owned(),
        hidden: words::number(view.distinct.saturating_sub(open as u64)),
        all: missing.then(|| (format!("All {}", words::number(view.distinct)), more)),
        look_up,
        values,
        rest,
    }
}

fn look_up(facet: Facet, view: &FacetView, pairs: &Pairs) -> LookUp {
    let parameter = format!("facet_prefix.{}", facet.name());
    let shown = view.values.len() as u64;
    LookUp {
        prefix: pairs.get(&parameter).unwrap_or_default().to_owned(),
        hidden: pairs.without(&parameter).without("cursor").without("page").0,
        close: pairs.without(&parameter).first_page().link(),
        shown: if shown < view.distinct {
            format!("{} of {}", words::number(shown), words::number(view.distinct))
        } else {
            String::new()
        },
        parameter,
    }
}

fn line(facet: Facet, value: &FacetValue, pairs: &Pairs, whole: u64) -> FacetLine {
    let (active, href, not) = if let Some(name) = facet.parameter() {
        let active = pairs.has(name, &value.value);
        let other = pairs.drop(name, &value.value);
        let not = other.with(&format!("exclude_{name}"), &value.value);
        let href = if active { other } else { pairs.with(name, &value.value) };
        (active, href, not.link())
    } else {
        let active = pairs.has("from", &value.value) && pairs.has("to", &value.value);
        let other = pairs.without_dates();
        let href = if active { other } else { other.with("from", &value.value).with("to", &value.value) };
        (active, href, String::new())
    };
    FacetLine {
        label: words::value(facet, &value.value),
        count: words::number(value.count),
        share: (value.count * 100).div_ceil(whole).min(100),
        active,
        href: href.link(),
        not,
    }
}

/// Returns what is active, in the order of the address.
pub(super) fn chips(pairs: &Pairs) -> Vec<Chip> {
    let mut chips = Vec::new();
    // A span of dates is one chip.
    for (name, given) in pairs.0.iter().filter(|(name, _)| !matches!(name.as_str(), "from" | "to")) {
        let Some((kind, value)) = said(name, given) else {
            continue;
        };
        chips.push(Chip { kind, value, href: pairs.drop(name, given).link() });
    }
    if let Some(chip) = span(pairs) {
        chips.push(chip);
    }
    chips
}

/// Returns how a chip or a way out calls a parameter and its value; `None` if it does not narrow the search.
pub(super) fn said(name: &str, value: &str) -> Option<(String, String)> {
    match name {
        "from" => return Some((String::new(), format!("since {}", words::date_text(value)))),
        "to" => return Some((String::new(), format!("until {}", words::date_text(value)))),
        _ => {}
    }
    let whole = match (name, value) {
        ("undated", "only") => "undated only",
        ("undated", "exclude") => "dated only",
        ("match", "any") => "any of the words",
        ("collapse", "story") => "one of each story",
        ("story", _) => "versions of one story",
        _ => "",
    };
    if !whole.is_empty() {
        return Some((String::new(), whole.to_owned()));
    }
    let (not, bare) = name.strip_prefix("exclude_").map_or(("", name), |bare| ("not ", bare));
    let facet = Facet::ALL.into_iter().find(|it| it.parameter() == Some(bare))?;
    Some((format!("{not}{bare}"), words::value(facet, value)))
}

fn span(pairs: &Pairs) -> Option<Chip> {
    let date = |name: &str| pairs.get(name).map(words::date_text);
    let value = match (date("from"), date("to")) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => return None,
    };
    let without = pairs.first_page().without("from").without("to");
    Some(Chip { kind: "published".to_owned(), value, href: without.link() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(count: u64) -> BTreeMap<&'static str, FacetView> {
        let value = |i: u64| FacetValue { value: format!("Person {i}"), count: count - i };
        BTreeMap::from([("people", FacetView { values: (0..count.min(24)).map(value).collect(), distinct: count })])
    }

    #[test]
    fn a_long_facet_shows_eight_hides_the_rest_and_links_to_all() {
        let pairs = Pairs::parse(Some("q=x&page=3&cursor=z&person=Person+20")).unwrap();
        let list = lists(&people(400), &pairs, 400).remove(0);
        assert_eq!((list.values.len(), list.rest.len(), list.hidden.as_str()), (8, 16, "392"));
        assert!(list.values[0].active, "what is active comes first");
        assert_eq!(list.all.unwrap().1, "/?q=x&person=Person+20&more=people#people");
        assert!(lists(&people(5), &pairs, 5)[0].rest.is_empty());
    }

    #[test]
    fn chips_say_what_they_are_and_drop_it() {
        let pairs = Pairs::parse(Some("q=x&exclude_country=PL&from=1998-03&to=1999&undated=exclude")).unwrap();
        let chips = chips(&pairs);
        let said: Vec<String> = chips.iter().map(|it| format!("{}: {}", it.kind, it.value)).collect();
        assert_eq!(said, ["not country: Poland", ": dated only", "published: March 1998 to 1999"]);
        assert_eq!(chips[2].href, "/?q=x&exclude_country=PL&undated=exclude");
    }
}
