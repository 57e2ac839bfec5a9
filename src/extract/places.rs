//! The places of an article: the names as it uses them, and the entries that come of what they mean.
//!
//! A name may stand for two places, the one that is in the other: New York in "Albany, New York" is the state, in "flew
//! to New York" the city. Choosing among places of one name is [`super::place`]'s work; the gazetteer is not known here.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use super::{
    Mention, PlaceEntity, RunnerUp,
    extractor::Tagged,
    gazetteer::Candidate,
    place::{PlaceName, Resolved},
    tagger::Kind,
    who::Gathered,
};
use crate::text::fold::fold;

/// Words after a name that is used for a state or a province: `New York Gov. Ann Doe`.
const AFTER: &str = include_str!("../../data/lists/holder_after.txt");
/// Words before it: `upstate New York`.
const BEFORE: &str = include_str!("../../data/lists/holder_before.txt");

/// Confidence from which a place that was not chosen is told.
const CONSIDERED: f32 = 0.02;

/// A name of a place in one of its uses.
pub(super) struct Use<'a> {
    name: Cow<'a, str>,
    /// Numbers of its mentions.
    members: Vec<usize>,
    following: Option<String>,
    is_holder: bool,
}

/// Returns the names of places as the article uses them, in the order of `gathered`.
pub(super) fn uses<'a>(fields: &[&str], tagged: &[Tagged], gathered: &'a [Gathered]) -> Vec<Use<'a>> {
    let places: Vec<&Gathered> = gathered.iter().filter(|it| it.kind == Kind::Place).collect();
    let mut following = following(fields, tagged, &places);
    let mut uses = Vec::with_capacity(places.len());
    for (at, gathered) in places.into_iter().enumerate() {
        let (holders, others): (Vec<usize>, Vec<usize>) =
            gathered.members.iter().partition(|member| is_holder(fields, tagged, **member));
        let following = following.remove(&at);
        if let Some((_, _, name)) = holders.first().map(|member| &tagged[*member]) {
            // New York is the state, under whatever name the city stands.
            let name = Cow::Owned(name.split_whitespace().collect::<Vec<_>>().join(" "));
            uses.push(Use { name, members: holders, following: following.clone(), is_holder: true });
        }
        if !others.is_empty() {
            uses.push(Use { name: Cow::Borrowed(&gathered.name), members: others, following, is_holder: false });
        }
    }
    uses
}

/// Returns what there is to resolve, one for each use.
pub(super) fn names(uses: &[Use]) -> Vec<PlaceName> {
    let name = |it: &Use| PlaceName {
        name: it.name.clone().into_owned(),
        mentions: it.members.len(),
        first: it.members.first().copied().unwrap_or(usize::MAX),
        following: it.following.clone(),
        is_holder: it.is_holder,
    };
    uses.iter().map(name).collect()
}

/// Puts the places together with their mentions; two names of one place make one entry.
pub(super) fn entities(uses: &[Use], resolved: Vec<Option<Resolved>>, mentions: &[Mention]) -> Vec<PlaceEntity> {
    let mut entities = Vec::with_capacity(uses.len());
    for (it, resolved) in uses.iter().zip(resolved) {
        add(&mut entities, entity(&it.name, resolved, pick(mentions, &it.members)));
    }
    entities
}

/// Adds a place, or its mentions to the entry of the same place under another name.
fn add(entities: &mut Vec<PlaceEntity>, entity: PlaceEntity) {
    let same = |it: &&mut PlaceEntity| match (it.geonameid, entity.geonameid) {
        (Some(one), Some(other)) => one == other,
        _ => it.country == entity.country && fold(&it.name) == fold(&entity.name),
    };
    match entities.iter_mut().find(same) {
        Some(known) => {
            known.mentions.extend(entity.mentions);
            known.mentions.sort_by_key(|mention| (mention.field, mention.start));
        }
        None => entities.push(entity),
    }
}

fn entity(name: &str, resolved: Option<Resolved>, mentions: Vec<Mention>) -> PlaceEntity {
    let Some(Resolved { candidate, confidence, runners_up }) = resolved else {
        return PlaceEntity {
            name: name.to_owned(),
            country: None,
            kind: None,
            lat: None,
            lon: None,
            geonameid: None,
            confidence: None,
            runners_up: Vec::new(),
            mentions,
        };
    };
    PlaceEntity {
        name: candidate.name,
        country: candidate.country,
        kind: Some(candidate.kind.as_str().to_owned()),
        lat: Some(rounded(candidate.lat)),
        lon: Some(rounded(candidate.lon)),
        geonameid: (candidate.geonameid != 0).then_some(candidate.geonameid),
        confidence: Some((confidence * 100.0).round() / 100.0),
        runners_up: runners_up.into_iter().filter(|(_, share)| *share >= CONSIDERED).map(runner_up).collect(),
        mentions,
    }
}

fn runner_up((place, confidence): (Candidate, f32)) -> RunnerUp {
    RunnerUp {
        kind: place.kind.as_str().to_owned(),
        geonameid: (place.geonameid != 0).then_some(place.geonameid),
        name: place.name,
        country: place.country,
        region: place.admin1,
        confidence: (confidence * 100.0).round() / 100.0,
    }
}

/// Coordinates with four decimals (about 10 m), free of what a conversion from single precision adds.
fn rounded(degrees: f32) -> f64 {
    (f64::from(degrees) * 10_000.0).round() / 10_000.0
}

/// For each place, the name that follows it after a comma: "Paris, Texas".
fn following(fields: &[&str], tagged: &[Tagged], places: &[&Gathered]) -> HashMap<usize, String> {
    let owner: HashMap<usize, usize> =
        places.iter().enumerate().flat_map(|(at, it)| it.members.iter().map(move |member| (*member, at))).collect();
    let mut following = HashMap::new();
    for (at, pair) in tagged.windows(2).enumerate() {
        let ((field, first, _), (next_field, second, name)) = (&pair[0], &pair[1]);
        if field != next_field || second.kind != Kind::Place || second.start < first.end {
            continue;
        }
        let between = fields[*field].get(first.end as usize..second.start as usize);
        if let (Some(", " | " (" | ","), Some(owner)) = (between, owner.get(&at)) {
            following.entry(*owner).or_insert_with(|| (*name).to_owned());
        }
    }
    following
}

/// Says whether a mention is used for what holds other places: it stands after one of them, or its government follows.
fn is_holder(fields: &[&str], tagged: &[Tagged], member: usize) -> bool {
    static AROUND: LazyLock<[Vec<&str>; 2]> = LazyLock::new(|| [AFTER, BEFORE].map(|list| list.lines().collect()));
    let (field, mention, _) = &tagged[member];
    let (start, end) = (mention.start as usize, mention.end as usize);
    let Some((before, after)) = fields[*field].get(..start).zip(fields[*field].get(end..)) else {
        return false;
    };
    let after = after.strip_prefix("'s").or_else(|| after.strip_prefix("’s")).unwrap_or(after);
    let next = after.strip_prefix(' ').and_then(|rest| rest.split([' ', ',', '\n']).next()).unwrap_or_default();
    let last = before.strip_suffix(' ').and_then(|rest| rest.rsplit([' ', '\n']).next()).unwrap_or_default();
    let [words_after, words_before] = &*AROUND;
    words_after.contains(&next) || words_before.contains(&last) || ends_an_address(fields, tagged, member)
}

/// Says whether a mention stands after a place and a comma, and not in a list of places.
fn ends_an_address(fields: &[&str], tagged: &[Tagged], member: usize) -> bool {
    let joined = |first: usize, second: usize| -> Option<&str> {
        let ((field, one, _), (other, two, _)) = (tagged.get(first)?, tagged.get(second)?);
        let places = field == other && one.kind == Kind::Place && two.kind == Kind::Place;
        fields[*field].get(one.end as usize..two.start as usize).filter(|_| places)
    };
    let Some(before) = member.checked_sub(1) else {
        return false;
    };
    let in_list = matches!(joined(member, member + 1), Some(", " | " and " | " or " | ", and "))
        || before.checked_sub(1).is_some_and(|first| joined(first, before) == Some(", "));
    joined(before, member) == Some(", ") && !in_list
}

/// Returns the mentions of those numbers.
pub(super) fn pick(mentions: &[Mention], members: &[usize]) -> Vec<Mention> {
    members.iter().filter_map(|at| mentions.get(*at).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        article::{Article, ArticleId},
        extract::Extractor,
    };

    /// Returns the places of a text as `name kind: mentions`.
    fn places(body: &str) -> Vec<String> {
        let article = Article { body: body.into(), ..Article::new(ArticleId::from_content(&[body])) };
        let found = Extractor::embedded().unwrap().extract(&article).places;
        let print = |it: &crate::extract::PlaceEntity| {
            format!("{} {}: {}", it.name, it.kind.as_deref().unwrap_or("unknown"), it.mentions.len())
        };
        found.iter().map(print).collect()
    }

    #[test]
    fn a_state_and_its_city_are_told_apart() {
        let text = "Ann Doe lives in Albany, New York, and works for New York Gov. Paula Roe. She flew from London to New York \
            on Monday and stayed in New York for a week.";
        let found = places(text);
        assert!(found.contains(&"New York region: 2".to_owned()), "{found:?}");
        assert!(found.contains(&"New York City city: 2".to_owned()), "{found:?}");
    }

    #[test]
    fn what_else_a_name_may_mean_is_told() {
        let article =
            Article { body: "He moved to Birmingham.".into(), ..Article::new(ArticleId::from_content(&["1"])) };
        let place = Extractor::embedded().unwrap().extract(&article).places.remove(0);
        assert_eq!(place.country.as_deref(), Some("GB"));
        assert!(place.runners_up.iter().any(|it| it.region.as_deref() == Some("Alabama")), "{place:?}");
        assert!(place.runners_up.iter().all(|it| it.confidence < place.confidence.unwrap()));
    }

    #[test]
    fn a_list_of_places_is_no_address() {
        let found = places("The firm has offices in Paris, London, New York and Tokyo, said Ann Doe of London.");
        assert!(found.contains(&"New York City city: 1".to_owned()), "{found:?}");
    }

    #[test]
    fn kansas_is_not_kansas_city() {
        let found = places("KANSAS CITY, Mo. — Thousands of people in Kansas were without power on Saturday.");
        assert!(found.contains(&"Kansas region: 1".to_owned()), "{found:?}");
        assert!(found.contains(&"Kansas City city: 1".to_owned()), "{found:?}");
    }
}
