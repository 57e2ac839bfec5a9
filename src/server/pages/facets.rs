//! Facets as lists of links that take or drop a filter, and the active filters as chips.

use std::collections::BTreeMap;

use super::words;
use crate::{
    document::Facet,
    search::answer::{FacetValue, FacetView},
    server::params::Pairs,
};

/// Parameters that narrow a search but are no facet's filter, and how a chip calls them.
const OTHER_FILTERS: [(&str, &str); 6] = [
    ("from", "from"),
    ("to", "to"),
    ("undated", "undated:"),
    ("match", "words:"),
    ("story", "story"),
    ("collapse", "one per"),
];

/// Values of a facet after "more".
const MORE: &str = "60";

/// A facet on the page.
pub(super) struct FacetList {
    pub(super) name: &'static str,
    pub(super) heading: String,
    pub(super) values: Vec<FacetLine>,
    /// How many values are not shown; empty if all are.
    pub(super) hidden: String,
    pub(super) more: String,
}

/// A value of a facet.
pub(super) struct FacetLine {
    pub(super) value: String,
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
    pub(super) label: String,
    pub(super) href: String,
    pub(super) without: Pairs,
}

/// Returns the facets in the order of the archive, empty ones left out.
pub(super) fn lists(facets: &BTreeMap<&'static str, FacetView>, pairs: &Pairs, total: u64) -> Vec<FacetList> {
    let mut lists = Vec::new();
    for facet in Facet::ALL {
        let Some(view) = facets.get(facet.name()).filter(|it| !it.values.is_empty()) else {
            continue;
        };
        let most = view.values.iter().map(|it| it.count).max().unwrap_or(1);
        let whole = total.max(most).max(1);
        let shown = view.values.len() as u64;
        let hidden = view.distinct.saturating_sub(shown);
        lists.push(FacetList {
            name: facet.name(),
            heading: heading(facet),
            values: view.values.iter().map(|value| line(facet, value, pairs, whole)).collect(),
            hidden: if hidden > 0 && pairs.get("facet_limit") != Some(MORE) {
                words::number(hidden)
            } else {
                String::new()
            },
            more: format!("{}#{}", pairs.set("facet_limit", MORE).link(), facet.name()),
        });
    }
    lists
}

fn heading(facet: Facet) -> String {
    let name = facet.name();
    format!("{}{}", name[..1].to_uppercase(), &name[1..])
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
        let other = pairs.without("from").without("to").without("cursor");
        let href = if active { other } else { other.with("from", &value.value).with("to", &value.value) };
        (active, href, String::new())
    };
    FacetLine {
        value: value.value.clone(),
        count: words::number(value.count),
        share: (value.count * 100).div_ceil(whole).min(100),
        active,
        href: href.link(),
        not,
    }
}

/// Returns what is active, in the order of the address.
pub(super) fn chips(pairs: &Pairs) -> Vec<Chip> {
    let span = pairs.get("from").filter(|it| pairs.get("to") == Some(it));
    let mut chips = Vec::new();
    for (name, value) in &pairs.0 {
        if span.is_some() && name == "to" {
            continue;
        }
        let Some(kind) = kind_of(name) else {
            continue;
        };
        let (label, without) = if span.is_some() && name == "from" {
            let without = pairs.without("from").without("to").without("cursor");
            (format!("published {}", words::date_text(value)), without)
        } else {
            (format!("{kind} {value}"), pairs.drop(name, value))
        };
        chips.push(Chip { label, href: without.link(), without });
    }
    chips
}

fn kind_of(name: &str) -> Option<String> {
    if let Some((_, label)) = OTHER_FILTERS.iter().find(|(it, _)| *it == name) {
        return Some((*label).to_owned());
    }
    let (not, bare) = match name.strip_prefix("exclude_") {
        Some(bare) => ("not ", bare),
        None => ("", name),
    };
    let known = bare == "story" || Facet::ALL.iter().any(|it| it.parameter() == Some(bare));
    known.then(|| format!("{not}{bare}:"))
}
