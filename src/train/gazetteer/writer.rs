//! Lays the places out as `extract::gazetteer` reads them.

use std::collections::BTreeMap;

use super::{Error, Place};
use crate::extract::gazetteer::{AREA, HEADER, MAGIC, RECORD, fold};

/// The names, each written once.
#[derive(Default)]
struct Names {
    bytes: Vec<u8>,
    offsets: BTreeMap<String, u32>,
}

impl Names {
    /// Returns where the name stands, and its length; a name longer than 255 bytes is not written at all.
    fn put(&mut self, name: &str) -> (u32, u8) {
        let Ok(length) = u8::try_from(name.len()) else {
            return (0, 0);
        };
        if let Some(offset) = self.offsets.get(name) {
            return (*offset, length);
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend(name.as_bytes());
        self.offsets.insert(name.to_owned(), offset);
        (offset, length)
    }
}

/// Returns the file, and how many names lead into it. The places stand in the order in which they are to be found.
pub(super) fn encode(places: &[Place]) -> Result<(Vec<u8>, usize), Error> {
    let mut names = Names::default();
    let areas = areas(places, &mut names)?;
    let mut records = Vec::with_capacity(places.len() * RECORD);
    for place in places {
        let (offset, length) = names.put(&place.name);
        let area = areas.indices[&(place.country.as_str(), place.admin1.as_str())];
        records.extend(place.geonameid.to_le_bytes());
        records.extend(place.lat.to_le_bytes());
        records.extend(place.lon.to_le_bytes());
        records.extend(place.population.to_le_bytes());
        records.extend(offset.to_le_bytes());
        records.extend(area.to_le_bytes());
        records.extend([place.kind as u8, length]);
    }
    let (postings, map, count) = index(places)?;
    let sections = [records, areas.bytes, names.bytes, postings, map];
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend(MAGIC);
    for section in &sections {
        let length = u32::try_from(section.len()).map_err(|_| Error::Large)?;
        bytes.extend(length.to_le_bytes());
    }
    bytes.extend(sections.concat());
    Ok((bytes, count))
}

struct Areas<'a> {
    bytes: Vec<u8>,
    indices: BTreeMap<(&'a str, &'a str), u16>,
}

fn areas<'a>(places: &'a [Place], names: &mut Names) -> Result<Areas<'a>, Error> {
    let mut areas = Areas { bytes: Vec::new(), indices: BTreeMap::new() };
    for place in places {
        areas.indices.insert((&place.country, &place.admin1), 0);
    }
    for (i, ((country, admin1), index)) in areas.indices.iter_mut().enumerate() {
        *index = u16::try_from(i).map_err(|_| Error::Large)?;
        let (offset, length) = names.put(admin1);
        let code = <[u8; 2]>::try_from(country.as_bytes()).unwrap_or_default();
        areas.bytes.extend(code);
        areas.bytes.extend([length, 0]);
        areas.bytes.extend(offset.to_le_bytes());
    }
    debug_assert_eq!(areas.bytes.len(), areas.indices.len() * AREA);
    Ok(areas)
}

/// Returns the postings, the map of folded names, and the number of names.
fn index(places: &[Place]) -> Result<(Vec<u8>, Vec<u8>, usize), Error> {
    let mut keys: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (i, place) in places.iter().enumerate() {
        let good = std::iter::once(&place.name).chain(&place.names).map(|it| (it, 0));
        let lesser = place.aliases.iter().map(|it| (it, 1));
        for (name, is_alias) in good.chain(lesser) {
            let list = keys.entry(fold(name)).or_default();
            // Good names come first, so that an alias that folds to one of them adds nothing.
            if list.last().is_none_or(|last| last >> 1 != i as u32) {
                list.push((i as u32) << 1 | is_alias);
            }
        }
    }
    keys.remove("");
    let mut postings = Vec::new();
    let mut map = fst::MapBuilder::memory();
    for (key, list) in &keys {
        let value = if let [only] = list[..] {
            u64::from(only) << 1
        } else {
            let at = postings.len() as u64;
            postings.extend((list.len() as u32).to_le_bytes());
            postings.extend(list.iter().flat_map(|it| it.to_le_bytes()));
            at << 1 | 1
        };
        map.insert(key, value)?;
    }
    Ok((postings, map.into_inner()?, keys.len()))
}
