//! What to say when nothing was found: the suggestions of the search as sentences and links.

use super::{facets::said, words};
use crate::{search::answer::Suggestion, server::params::Pairs};

/// A way out.
pub(super) struct WayOut {
    /// `12 articles`.
    pub(super) count: String,
    /// What they have, each to be emphasised; empty where `label` says it all.
    pub(super) have: Vec<String>,
    /// `drop`, `without the filter`, `with any of the words`.
    pub(super) label: &'static str,
    /// What is dropped.
    pub(super) dropped: String,
    pub(super) href: String,
}

/// Returns a suggestion as a sentence with a link; `pairs` are those of the search that found nothing.
pub(super) fn way_out(suggestion: &Suggestion, pairs: &Pairs) -> WayOut {
    let way = |label: &'static str, dropped: String, other: Pairs| WayOut {
        count: words::articles(suggestion.total),
        have: Vec::new(),
        label,
        dropped,
        href: other.link(),
    };
    if suggestion.matching.is_some() {
        return way("with any of the words", String::new(), pairs.set("match", "any"));
    }
    if !suggestion.without.is_empty() {
        let without = |pairs: Pairs, name: &str, value: &str| pairs.drop(name, value);
        let other = suggestion.without.iter().fold(pairs.clone(), |rest, it| without(rest, &it.name, &it.value));
        let dropped = suggestion.without.iter().filter_map(|it| said(&it.name, &it.value));
        let dropped: Vec<String> = dropped.map(|(kind, value)| format!("{kind} {value}").trim().to_owned()).collect();
        return way("without the filter", dropped.join(", "), other);
    }
    // Plain words are written as people write them, without `AND`.
    let plain = !suggestion.kept.iter().any(|part| part.contains(' ')) && pairs.get("match") != Some("any");
    let kept = Some(suggestion.kept.join(" ")).filter(|it| plain && !it.is_empty());
    let other = pairs.set("q", kept.as_ref().unwrap_or(&suggestion.query));
    match (&suggestion.dropped, &suggestion.respelled) {
        (Some(dropped), _) => WayOut { have: suggestion.kept.clone(), ..way("drop", dropped.clone(), other) },
        (None, Some(word)) => way("with a word spelled nearly like", word.clone(), other),
        (None, None) => way("with", suggestion.query.clone(), other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::answer::Given;

    fn told(suggestion: Suggestion) -> (String, String) {
        let pairs = Pairs::parse(Some("q=peace+talks&person=Jan+Kos&from=2024&to=2025&page=2")).unwrap();
        let way = way_out(&suggestion, &pairs);
        (format!("{} {} {}", way.have.join(" and "), way.label, way.dropped).trim().to_owned(), way.href)
    }

    #[test]
    fn each_suggestion_becomes_a_sentence_and_a_link() {
        let given = |name: &str, value: &str| Given { name: name.into(), value: value.into() };
        let dropped = Suggestion {
            query: "peace AND war".into(),
            kept: vec!["peace".into(), "war".into()],
            dropped: Some("talks".into()),
            ..Suggestion::default()
        };
        let (said, href) = told(dropped);
        assert_eq!(said, "peace and war drop talks");
        assert_eq!(href, "/?person=Jan+Kos&from=2024&to=2025&q=peace+war");
        let without = vec![given("person", "Jan Kos")];
        let (said, href) = told(Suggestion { without, ..Suggestion::default() });
        assert_eq!(said, "without the filter person Jan Kos");
        assert_eq!(href, "/?q=peace+talks&from=2024&to=2025");
        let without = vec![given("from", "2024"), given("to", "2025")];
        let (said, href) = told(Suggestion { without, ..Suggestion::default() });
        assert_eq!(said, "without the filter since 2024, until 2025");
        assert_eq!(href, "/?q=peace+talks&person=Jan+Kos");
        let (_, href) = told(Suggestion { matching: Some("any"), ..Suggestion::default() });
        assert!(href.ends_with("&match=any"), "{href}");
    }
}
