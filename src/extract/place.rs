//! Which place an article means by a name: Paris in France or Paris in Texas.
//!
//! One sense per name and article. What speaks for a place: its kind and its inhabitants (a country before a town), the
//! place named right after it, and the other places of the article, which keep one another company. All of it is
//! arithmetic over the gazetteer's records; the few weights were set by hand, on one corpus (see `data/gazetteer.md`).

mod surroundings;

pub use surroundings::Surroundings;

use super::gazetteer::{Candidate, Entry, Gazetteer, Kind};

/// Names of an article that are compared with one another; the rest, rarer ones, stand on their own.
const COMPANY: usize = 48;
/// Places per name that may be chosen, and places per name that lend their weight to other names.
const CHOICE: usize = 64;
const WITNESSES: usize = 8;
/// Rounds in which the names settle on their places.
const ROUNDS: usize = 3;
/// What the company of an article counts at most, in powers of ten of inhabitants.
const COMPANY_WEIGHT: f32 = 7.0;
/// What the place named right after counts: more than any number of inhabitants.
const FOLLOWING_WEIGHT: f32 = 8.0;
/// What it counts that a name is used for what holds other places.
const HOLDER_WEIGHT: f32 = 4.0;
/// Inhabitants below which a town is not meant where the region named right after does not hold it.
const SMALL_TOWN: u32 = 100_000;
/// Kilometres at which nearness has lost two thirds of its weight.
const NEAR: f32 = 160.0;
/// How sharply a difference of weight turns into confidence.
const SHARPNESS: f32 = 2.0;
/// Other places that are reported beside the chosen one.
const RUNNERS_UP: usize = 3;

/// A name that an article uses for a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceName {
    /// The name as printed: `Paris`.
    pub name: String,
    /// How often the article has it.
    pub mentions: usize,
    /// Offset of its first mention.
    pub first: usize,
    /// The place named right after a comma: `Texas` in `Paris, Texas`.
    pub following: Option<String>,
    /// It is used for what holds other places: `New York` in `Albany, New York` or `New York Gov. Ann Doe`.
    pub is_holder: bool,
}

/// The place that a name was found to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The place.
    pub candidate: Candidate,
    /// From 0 to 1: how far it is ahead of the others of its name.
    pub confidence: f32,
    /// The next best places of that name with their confidence, the best first, at most three.
    pub runners_up: Vec<(Candidate, f32)>,
}

/// A name under consideration: its places, and how much speaks for each.
struct Case {
    mentions: usize,
    entries: Vec<Entry>,
    /// What speaks for each place without regard to the other names.
    own: Vec<f32>,
    /// The same, and the company.
    total: Vec<f32>,
}

impl Case {
    /// Returns the places that carry the name's weight, with their shares of it.
    fn witnesses(&self) -> Vec<(Entry, f32)> {
        let shares = shares(&self.total);
        let mut witnesses: Vec<_> = self.entries.iter().copied().zip(shares).collect();
        witnesses.sort_by(|a, b| b.1.total_cmp(&a.1));
        witnesses.truncate(WITNESSES);
        witnesses.retain(|(_, share)| *share > 0.02);
        witnesses
    }
}

/// Returns the place that each of an article's `names` means; `None` where the gazetteer has no such name.
///
/// The `surroundings` lend their weight like names of the article, and are not resolved themselves.
pub fn resolve(gazetteer: &Gazetteer, names: &[PlaceName], surroundings: &Surroundings) -> Vec<Option<Resolved>> {
    let mut cases: Vec<Case> = names.iter().map(|name| case(gazetteer, name)).collect();
    let mut company: Vec<usize> = (0..cases.len()).filter(|i| !cases[*i].entries.is_empty()).collect();
    company.sort_by_key(|i| (usize::MAX - names[*i].mentions, names[*i].first));
    company.truncate(COMPANY);
    company.extend(cases.len()..cases.len() + surroundings.witnesses.len());
    cases.extend(surroundings.witnesses.iter().map(|(entry, mentions)| witness(*entry, *mentions)));
    for _ in 0..ROUNDS {
        settle(&mut cases, &company);
    }
    cases.iter().take(names.len()).map(|case| decide(gazetteer, case)).collect()
}

/// Returns a case with one place, which is settled from the start.
fn witness(entry: Entry, mentions: usize) -> Case {
    let own = vec![prior(&entry)];
    Case { mentions, entries: vec![entry], total: own.clone(), own }
}

fn case(gazetteer: &Gazetteer, name: &PlaceName) -> Case {
    let (entries, following) = match &name.following {
        Some(following) => (gazetteer.entries(&name.name), gazetteer.entries(following)),
        None => (gazetteer.entries(&name.name), Vec::new()),
    };
    let mut weighed: Vec<(Entry, f32)> = entries
        .into_iter()
        .filter(|entry| !is_contradicted(entry, &following))
        .map(|entry| {
            let holder = f32::from(name.is_holder && is_holder(&entry));
            let own = prior(&entry) + FOLLOWING_WEIGHT * containment(&entry, &following) + HOLDER_WEIGHT * holder;
            (entry, own)
        })
        .collect();
    weighed.sort_by(|a, b| b.1.total_cmp(&a.1));
    weighed.truncate(CHOICE);
    let (entries, own): (Vec<Entry>, Vec<f32>) = weighed.into_iter().unzip();
    Case { mentions: name.mentions, entries, total: own.clone(), own }
}

fn is_holder(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::Region | Kind::Country)
}

/// Says whether a small town lies elsewhere than the region named right after it says: Holliday in Texas is not the
/// hamlet meant by "Holliday, Mo.", which the gazetteer lacks.
fn is_contradicted(entry: &Entry, following: &[Entry]) -> bool {
    let is_region = |it: &&Entry| it.kind == Kind::Region && it.has_admin1 && !it.alias;
    let mut regions = following.iter().filter(is_region).peekable();
    let is_small = entry.kind == Kind::City && entry.population < SMALL_TOWN;
    let only_regions = following.iter().all(|it| it.kind != Kind::Country);
    is_small && only_regions && regions.peek().is_some() && containment(entry, following) < 0.2
}

/// Returns what speaks for a place before anything of the article is known, in powers of ten of inhabitants.
fn prior(entry: &Entry) -> f32 {
    let inhabitants = (entry.population.max(10) as f32).log10();
    let weight = match entry.kind {
        Kind::Continent => 8.5,
        Kind::Country => 7.0 + 0.15 * inhabitants,
        // A region is as large as its towns together, and yet its capital is meant more often: Washington, New York.
        Kind::Region if entry.population > 0 => inhabitants - 1.3,
        Kind::District => inhabitants - 2.0,
        Kind::City => inhabitants,
        // Seas, rivers and regions across borders stand in our own list because the news names them.
        _ => 6.2,
    };
    match entry.kind {
        Kind::Country if entry.alias => weight - 3.0,
        _ if entry.alias => weight - 1.5,
        _ => weight,
    }
}

/// Returns how well one of `holders` holds the place, from 0 to 1.
fn containment(entry: &Entry, holders: &[Entry]) -> f32 {
    let holds = |holder: &Entry| match holder.kind {
        // The name of the country itself after the comma is no evidence for the country.
        _ if holder.index == entry.index => 0.0,
        Kind::Country if entry.kind != Kind::Country => f32::from(holder.country == entry.country),
        Kind::Region if holder.has_admin1 && entry.kind != Kind::Country => f32::from(holder.area == entry.area),
        Kind::Country | Kind::Region | Kind::Continent | Kind::Sea => 0.0,
        _ if entry.kind == Kind::Country => 0.0,
        _ => 0.8 * nearness(entry, holder),
    };
    holders.iter().map(holds).fold(0.0, f32::max)
}

/// Weighs every name's places again by the company of the others.
fn settle(cases: &mut [Case], company: &[usize]) {
    let witnesses: Vec<Vec<(Entry, f32)>> = company.iter().map(|i| cases[*i].witnesses()).collect();
    for (at, i) in company.iter().enumerate() {
        let case = &cases[*i];
        let mut total = case.own.clone();
        if case.entries.len() > 1 {
            for (weight, entry) in total.iter_mut().zip(&case.entries) {
                let mut support = 0.0;
                for (other, others) in witnesses.iter().enumerate().filter(|(other, _)| *other != at) {
                    let mentions = cases[company[other]].mentions.clamp(1, 4) as f32;
                    let best = others.iter().map(|(it, share)| share * relation(entry, it));
                    support += mentions.sqrt() * best.fold(0.0, f32::max);
                }
                *weight += COMPANY_WEIGHT * support / (support + 1.0);
            }
        }
        cases[*i].total = total;
    }
}

/// Returns how much two places have to do with each other, from 0 to 1.
fn relation(entry: &Entry, other: &Entry) -> f32 {
    if entry.index == other.index {
        return 0.5;
    }
    if entry.country == [0, 0] || entry.country != other.country {
        return 0.4 * nearness(entry, other);
    }
    if other.kind == Kind::Country || entry.kind == Kind::Country {
        return 0.25;
    }
    if entry.has_admin1 && entry.area == other.area {
        return 0.7 + 0.3 * nearness(entry, other);
    }
    0.05 + 0.6 * nearness(entry, other)
}

/// Returns 1 for the same spot, falling to 0 with the distance.
fn nearness(a: &Entry, b: &Entry) -> f32 {
    let is_far = (a.lat - b.lat).abs() > 10.0;
    if is_far { 0.0 } else { (-distance((a.lat, a.lon), (b.lat, b.lon)) / NEAR).exp() }
}

/// Returns the great-circle distance of two points, in kilometres.
pub fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let (lat, lon) = (lat_b - lat_a, (b.1 - a.1).to_radians());
    let half = (lat / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * (lon / 2.0).sin().powi(2);
    2.0 * 6371.0 * half.sqrt().min(1.0).asin()
}

/// Turns weights into shares that add up to 1.
fn shares(weights: &[f32]) -> Vec<f32> {
    let best = weights.iter().copied().fold(f32::MIN, f32::max);
    let powers: Vec<f32> = weights.iter().map(|it| (SHARPNESS * (it - best)).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|it| it / sum).collect()
}

fn decide(gazetteer: &Gazetteer, case: &Case) -> Option<Resolved> {
    let shares = shares(&case.total);
    let mut order: Vec<usize> = (0..case.entries.len()).collect();
    order.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
    let (best, rest) = order.split_first()?;
    Some(Resolved {
        candidate: gazetteer.candidate(&case.entries[*best]),
        confidence: shares[*best],
        runners_up: rest
            .iter()
            .take(RUNNERS_UP)
            .map(|i| (gazetteer.candidate(&case.entries[*i]), shares[*i]))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Resolves names written as `Paris` or `Paris, Texas`, and returns `name, admin1, country` of each.
    fn places(names: &[&str]) -> Vec<String> {
        let gazetteer = Gazetteer::embedded().unwrap();
        let name = |(i, text): (usize, &&str)| {
            let (name, following) = text.split_once(", ").map_or((*text, None), |(a, b)| (a, Some(b)));
            PlaceName {
                name: name.into(),
                mentions: 1,
                first: i,
                following: following.map(str::to_owned),
                ..PlaceName::default()
            }
        };
        let names: Vec<PlaceName> = names.iter().enumerate().map(name).collect();
        let print = |it: Option<Resolved>| {
            let Some(it) = it else {
                return "none".to_owned();
            };
            assert!(it.confidence > 0.0 && it.confidence <= 1.0);
            let place = it.candidate;
            format!(
                "{} {} {}",
                place.kind.as_str(),
                place.admin1.unwrap_or_default(),
                place.country.unwrap_or_default()
            )
        };
        resolve(&gazetteer, &names, &Surroundings::default()).into_iter().map(print).collect()
    }

    fn ends(names: &[&str], expected: &[&str]) {
        for (found, expected) in places(names).iter().zip(expected) {
            assert!(found.ends_with(expected), "{names:?}: {found}, expected {expected}");
        }
    }

    #[test]
    fn a_name_alone_means_the_best_known_place() {
        ends(&["Paris"], &["FR"]);
        ends(&["London"], &["GB"]);
        ends(&["Moscow"], &["RU"]);
        ends(&["Jerusalem"], &["IL"]);
        ends(&["Washington"], &["District of Columbia US"]);
        ends(&["New York"], &["New York US"]);
        for name in ["United States", "U.S.", "US", "America", "the United States"] {
            assert_eq!(places(&[name]), ["country  US"], "{name}");
        }
        assert_eq!(places(&["Georgia"]), ["country  GE"]);
        assert_eq!(places(&["Budapest"]), ["city Budapest HU"]);
        assert_eq!(places(&["Europe"]), ["continent  "]);
        ends(&["Gaza"], &["PS"]);
    }

    #[test]
    fn the_place_after_the_comma_decides() {
        ends(&["Paris, Texas"], &["Texas US"]);
        ends(&["London, Ontario"], &["Ontario CA"]);
        ends(&["Moscow, Idaho"], &["Idaho US"]);
        ends(&["Springfield, Ill."], &["Illinois US"]);
        ends(&["Birmingham, Ala."], &["Alabama US"]);
        ends(&["Budapest, Hungary"], &["HU"]);
    }

    #[test]
    fn the_company_decides() {
        ends(&["Georgia", "Tbilisi"], &["GE", "GE"]);
        ends(&["Georgia", "Atlanta"], &["US", "Georgia US"]);
        ends(&["Paris", "Texas"], &["Texas US", "US"]);
        ends(&["Budapest", "Hungary"], &["HU", "HU"]);
        assert_eq!(places(&["Moscow", "Kremlin", "Russia"])[0], "city Moscow RU");
        assert_eq!(places(&["Budapest", "Hungary", "Óbuda"])[0], "city Budapest HU");
        // A country far away is no company: world news names the United States in every second article.
        ends(&["Moscow", "United States", "Washington"], &["RU", "US", "District of Columbia US"]);
        ends(&["Paris", "London", "U.S."], &["FR", "GB", "US"]);
        ends(&["Athens", "Greece", "New York"], &["GR", "GR", "New York US"]);
        ends(&["London", "Ontario", "Toronto"], &["Ontario CA", "CA", "Ontario CA"]);
    }

    #[test]
    fn what_holds_other_places_is_no_town() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let name = |is_holder| PlaceName { name: "New York".into(), mentions: 1, is_holder, ..PlaceName::default() };
        let found = resolve(&gazetteer, &[name(true), name(false)], &Surroundings::default());
        let kinds: Vec<Kind> = found.into_iter().flatten().map(|it| it.candidate.kind).collect();
        assert_eq!(kinds, [Kind::Region, Kind::City]);
    }

    #[test]
    fn a_small_town_of_another_state_is_not_meant() {
        assert_eq!(places(&["Holliday, Mo."]), ["none"]);
        ends(&["Holliday, Texas"], &["Texas US"]);
        ends(&["London, Mo."], &["GB"]);
    }

    #[test]
    fn surroundings_decide_between_towns() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let country = |texts: &[&str], source: &str, url: &str| {
            let name = PlaceName { name: "Tripoli".into(), mentions: 1, ..PlaceName::default() };
            let around = Surroundings::of(&gazetteer, texts, source, url);
            resolve(&gazetteer, &[name], &around).remove(0).unwrap().candidate.country.unwrap()
        };
        assert_eq!(country(&[], "", ""), "LY");
        assert_eq!(country(&["Lebanese troops", "The Lebanese army"], "", "https://example.lb/1"), "LB");
    }

    #[test]
    fn an_unknown_name_is_left_alone() {
        assert_eq!(places(&["Qwertyville", "Paris"])[0], "none");
        assert!(places(&[]).is_empty());
    }

    #[test]
    fn runners_up_are_told() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let name = PlaceName { name: "Paris".into(), mentions: 3, ..PlaceName::default() };
        let paris = resolve(&gazetteer, &[name], &Surroundings::default()).remove(0).unwrap();
        assert_eq!(paris.runners_up.len(), RUNNERS_UP);
        assert!(paris.confidence > 0.5);
    }

    #[test]
    fn distances_are_great_circles() {
        let (london, paris) = ((51.5085, -0.1257), (48.8534, 2.3488));
        assert!((distance(london, paris) - 344.0).abs() < 5.0);
        assert!(distance((0.0, 179.9), (0.0, -179.9)) < 30.0);
    }
}
