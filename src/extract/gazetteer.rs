//! The gazetteer: which places of the world bear a name, and where they are.
//!
//! One file holds fixed-size records, a table of areas (country and first-level region), the names, and a finite-state
//! map from folded names to records. It is read in place: opening checks lengths and copies nothing.
//! This module knows nothing of articles; choosing among places of one name is `place`'s work.

mod kind;

use std::{borrow::Cow, collections::HashMap, sync::OnceLock};

use unicode_normalization::UnicodeNormalization;

pub use kind::Kind;

/// The first bytes of every gazetteer file, with the version of its layout.
pub(crate) const MAGIC: &[u8; 8] = b"MORGAZ01";
/// Bytes of the header: the magic and the lengths of the five sections.
pub(crate) const HEADER: usize = 8 + 5 * 4;
/// Bytes of one place: id, latitude, longitude, population, name offset (4 each), area (2), kind, name length.
pub(crate) const RECORD: usize = 24;
/// Bytes of one area: country (2), name length, padding, name offset (4).
pub(crate) const AREA: usize = 8;

static EMBEDDED: &[u8] = include_bytes!("../../data/gazetteer.bin");

/// The file or a part of it: built into the program, or read into memory.
type Bytes = Cow<'static, [u8]>;

/// Why a gazetteer could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are not a gazetteer, or one of another version.
    #[error("not a gazetteer of this version")]
    Format,
    /// The sections do not have the lengths that the header gives.
    #[error("the gazetteer is cut short or damaged")]
    Damaged,
    /// The map of names cannot be read.
    #[error("the gazetteer's map of names is damaged")]
    Names(#[from] fst::Error),
}

/// A place that bears the name asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The number of the place in `GeoNames`; 0 where none is known.
    pub geonameid: u32,
    /// The name under which the place is usually printed in English.
    pub name: String,
    /// ISO 3166 two-letter code; absent for seas, continents and regions that cross borders.
    pub country: Option<String>,
    /// Name of the first-level division that holds the place.
    pub admin1: Option<String>,
    /// What the place is.
    pub kind: Kind,
    /// Inhabitants; 0 where unknown or meaningless.
    pub population: u32,
    /// Degrees north.
    pub lat: f32,
    /// Degrees east.
    pub lon: f32,
}

/// A record of the gazetteer, as `place` compares it: numbers only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) index: u32,
    /// The name asked for is a lesser alias of the place.
    pub(crate) alias: bool,
    pub(crate) geonameid: u32,
    pub(crate) kind: Kind,
    pub(crate) population: u32,
    pub(crate) lat: f32,
    pub(crate) lon: f32,
    pub(crate) area: u16,
    /// Two ASCII letters, or zeros.
    pub(crate) country: [u8; 2],
    /// The area names a first-level division, not just a country.
    pub(crate) has_admin1: bool,
}

/// Every place known, by name.
#[derive(Debug)]
pub struct Gazetteer {
    records: Bytes,
    areas: Bytes,
    names: Bytes,
    postings: Bytes,
    map: fst::Map<Bytes>,
    /// Records of the countries, by code; gathered when first asked for.
    countries: OnceLock<HashMap<[u8; 2], u32>>,
}

impl Gazetteer {
    /// Opens the gazetteer that is built into the program; nothing is copied.
    pub fn embedded() -> Result<Self, Error> {
        Self::open(Cow::Borrowed(EMBEDDED))
    }

    /// Opens a gazetteer from the bytes of its file, and checks the map of names, too.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let gazetteer = Self::open(Cow::Owned(bytes))?;
        gazetteer.map.as_fst().verify()?;
        Ok(gazetteer)
    }

    fn open(bytes: Bytes) -> Result<Self, Error> {
        if bytes.len() < HEADER || !bytes.starts_with(MAGIC) {
            return Err(Error::Format);
        }
        let lengths: Vec<usize> = (0..5).map(|i| u32_at(&bytes, 8 + i * 4) as usize).collect();
        let (_, mut rest) = split(bytes, HEADER).ok_or(Error::Damaged)?;
        let mut sections = Vec::with_capacity(5);
        for length in lengths {
            let (section, after) = split(rest, length).ok_or(Error::Damaged)?;
            sections.push(section);
            rest = after;
        }
        let Ok([records, areas, names, postings, map]) = <[_; 5]>::try_from(sections) else {
            return Err(Error::Damaged);
        };
        if !rest.is_empty() || records.len() % RECORD != 0 || areas.len() % AREA != 0 {
            return Err(Error::Damaged);
        }
        let map = fst::Map::new(map)?;
        Ok(Self { records, areas, names, postings, map, countries: OnceLock::new() })
    }

    /// Returns the number of places.
    pub fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    /// Returns whether there is no place at all.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns the number of distinct names, folded.
    pub fn names(&self) -> usize {
        self.map.len()
    }

    /// Returns the places that bear `name`, the most populous first.
    ///
    /// Case, accents, hyphens and full stops do not matter: `U.S.` is `US`, and `us` is not to be asked for.
    pub fn find(&self, name: &str) -> Vec<Candidate> {
        self.entries(name).iter().map(|entry| self.candidate(entry)).collect()
    }

    /// Returns the records that bear `name`, the most populous first.
    pub(crate) fn entries(&self, name: &str) -> Vec<Entry> {
        let folded = fold(name);
        let found = self.map.get(&folded);
        let value = found.or_else(|| self.map.get(folded.strip_prefix("the ")?));
        match value {
            None => Vec::new(),
            Some(value) if value & 1 == 0 => self.entry((value >> 1) as u32).into_iter().collect(),
            Some(value) => {
                let start = (value >> 1) as usize;
                let count = u32_at(&self.postings, start) as usize;
                let list = self.postings.get(start + 4..).unwrap_or_default();
                list.chunks_exact(4).take(count).filter_map(|bytes| self.entry(u32_at(bytes, 0))).collect()
            }
        }
    }

    /// Returns the country of an ISO 3166 two-letter code in capitals.
    pub(crate) fn country(&self, code: &str) -> Option<Entry> {
        let gather = || {
            let kinds = self.records.chunks_exact(RECORD).map(|record| Kind::ALL.get(usize::from(record[22])));
            let countries = kinds.enumerate().filter(|(_, kind)| *kind == Some(&Kind::Country));
            let coded = countries.filter_map(|(at, _)| Some((self.entry((at as u32) << 1)?.country, at as u32)));
            coded.collect()
        };
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        self.entry(self.countries.get_or_init(gather).get(&code)? << 1)
    }

    /// Calls `with` for every name, folded, in the order of the alphabet.
    pub(crate) fn each_name(&self, mut with: impl FnMut(&str)) {
        let mut stream = self.map.stream();
        while let Some((name, _)) = fst::Streamer::next(&mut stream) {
            if let Ok(name) = std::str::from_utf8(name) {
                with(name);
            }
        }
    }

    /// Reads a record; the lowest bit of a posting says that the name is an alias.
    fn entry(&self, posting: u32) -> Option<Entry> {
        let index = posting >> 1;
        let start = index as usize * RECORD;
        let record = self.records.get(start..start + RECORD)?;
        let area = u16::from_le_bytes([record[20], record[21]]);
        let (country, admin1) = self.area(area)?;
        Some(Entry {
            index,
            alias: posting & 1 == 1,
            geonameid: u32_at(record, 0),
            kind: *Kind::ALL.get(usize::from(record[22]))?,
            population: u32_at(record, 12),
            lat: f32::from_bits(u32_at(record, 4)),
            lon: f32::from_bits(u32_at(record, 8)),
            area,
            country,
            has_admin1: !admin1.is_empty(),
        })
    }

    fn area(&self, area: u16) -> Option<([u8; 2], &str)> {
        let start = usize::from(area) * AREA;
        let bytes = self.areas.get(start..start + AREA)?;
        Some(([bytes[0], bytes[1]], self.name(u32_at(bytes, 4), bytes[2])))
    }

    fn name(&self, offset: u32, length: u8) -> &str {
        let start = offset as usize;
        let bytes = self.names.get(start..start + usize::from(length)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Returns the place of a record, with its names.
    pub(crate) fn candidate(&self, entry: &Entry) -> Candidate {
        let record = &self.records[entry.index as usize * RECORD..][..RECORD];
        let (country, admin1) = self.area(entry.area).unwrap_or_default();
        let country = std::str::from_utf8(&country).ok().filter(|code| !code.starts_with('\0'));
        Candidate {
            geonameid: entry.geonameid,
            name: self.name(u32_at(record, 16), record[23]).to_owned(),
            country: country.map(str::to_owned),
            admin1: Some(admin1).filter(|name| !name.is_empty()).map(str::to_owned),
            kind: entry.kind,
            population: entry.population,
            lat: entry.lat,
            lon: entry.lon,
        }
    }
}

/// Reads a little-endian number; 0 where the bytes end before it.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

fn split(bytes: Bytes, at: usize) -> Option<(Bytes, Bytes)> {
    if at > bytes.len() {
        return None;
    }
    Some(match bytes {
        Cow::Borrowed(bytes) => {
            let (head, tail) = bytes.split_at(at);
            (Cow::Borrowed(head), Cow::Borrowed(tail))
        }
        Cow::Owned(mut head) => {
            let tail = head.split_off(at);
            (Cow::Owned(head), Cow::Owned(tail))
        }
    })
}

/// Returns `name` as the gazetteer files it: lower case, no accents, full stops or apostrophes, words set apart by one
/// space, a leading `st`, `ft` or `mt` spelt out.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkd().flat_map(char::to_lowercase) {
        match c {
            '.' | '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '`' | '´'
            // Accents, the points of Hebrew and Arabic, and invisible marks.
            | '\u{300}'..='\u{36f}'
            | '\u{591}'..='\u{5c7}'
            | '\u{64b}'..='\u{65f}'
            | '\u{200b}'..='\u{200f}' => {}
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            c if c.is_whitespace() || matches!(c, '-' | '‐'..='―' | '/' | ',' | '_') => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end().len());
    for (short, long) in [("st ", "saint "), ("ft ", "fort "), ("mt ", "mount ")] {
        if folded.starts_with(short) {
            folded.replace_range(..short.len(), long);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn countries(name: &str) -> Vec<String> {
        let gazetteer = Gazetteer::embedded().unwrap();
        gazetteer.find(name).into_iter().filter_map(|it| it.country).collect()
    }

    #[test]
    fn folding_ignores_case_accents_and_stops() {
        assert_eq!(fold("U.S."), "us");
        assert_eq!(fold("  São-Paulo "), "sao paulo");
        assert_eq!(fold("St. Louis"), fold("Saint Louis"));
        assert_eq!(fold("Łódź"), "lodz");
        assert_eq!(fold("Xi'an"), fold("Xian"));
        assert_eq!(fold("..."), "");
    }

    #[test]
    fn names_of_all_kinds_are_found() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let mut budapest = gazetteer.find("Budapest");
        budapest.retain(|it| it.kind == Kind::City);
        let budapest = budapest.remove(0);
        assert_eq!((budapest.geonameid, budapest.country.as_deref()), (3_054_643, Some("HU")));
        assert!((budapest.lat - 47.498).abs() < 0.01 && (budapest.lon - 19.04).abs() < 0.01);
        assert!(gazetteer.find("Middle East").iter().any(|it| it.kind == Kind::Region && it.country.is_none()));
        assert!(gazetteer.find("the Danube").iter().any(|it| it.kind == Kind::River));
        assert!(gazetteer.find("Black Sea").iter().any(|it| it.kind == Kind::Sea));
        assert!(gazetteer.find("Texas").iter().any(|it| it.kind == Kind::Region && it.geonameid == 4_736_286));
        assert!(gazetteer.find("Qwertyville-on-Nowhere").is_empty());
        assert!(gazetteer.find("").is_empty());
    }

    #[test]
    fn aliases_and_native_names_lead_to_the_place() {
        assert!(countries("U.S.").contains(&"US".to_owned()));
        assert!(countries("Deutschland").contains(&"DE".to_owned()));
        assert!(countries("Россия").contains(&"RU".to_owned()));
        assert!(countries("Москва").contains(&"RU".to_owned()));
        assert!(countries("東京").contains(&"JP".to_owned()));
        assert!(countries("Bombay").contains(&"IN".to_owned()));
    }

    #[test]
    fn the_first_level_region_is_named() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let towns = gazetteer.find("Paris");
        assert!(towns.iter().any(|it| it.country.as_deref() == Some("US") && it.admin1.as_deref() == Some("Texas")));
    }

    #[test]
    fn damaged_files_are_refused() {
        assert!(matches!(Gazetteer::from_bytes(b"hello".to_vec()), Err(Error::Format)));
        assert!(Gazetteer::from_bytes(EMBEDDED[..EMBEDDED.len() / 2].to_vec()).is_err());
        let mut flipped = EMBEDDED.to_vec();
        let middle = flipped.len() - 1000;
        flipped[middle] ^= 0xff;
        assert!(Gazetteer::from_bytes(flipped).is_err());
    }
}
