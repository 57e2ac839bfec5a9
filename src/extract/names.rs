//! Names known beforehand: places, given names, family names, organizations, as a compact table of fingerprints.
//!
//! Looked up by hash while a sentence is read, longest match first. About one look-up in 500,000 finds a name that is not
//! there; the tagger weighs every hint and decides by itself. What a place is and where is `gazetteer`'s work.

use super::{
    model::Error,
    word::{Hash, Word, folded, mix},
};

/// The first bytes of a table.
const MAGIC: &[u8; 8] = b"MORGNAM1";
/// Bits of a slot that hold what is known; the others hold the fingerprint.
const VALUE_BITS: u32 = 11;
const VALUE: u32 = (1 << VALUE_BITS) - 1;
/// Bits of a hash that are kept: what chooses the slot and the fingerprint together.
const KEY_BITS: u32 = 41;
/// The most names that a table may hold, so that a damaged file asks for no memory without bound.
const MAX_NAMES: usize = 3 << 20;

/// What is known of a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known(pub(crate) u16);

impl Known {
    /// Longer names begin with this one.
    pub(crate) const PREFIX: Self = Self(1 << 10);

    /// A place, from 1 (a country) to 9 (a village, or an alias of little use).
    pub(crate) fn place(class: u16) -> Self {
        Self(class.min(15))
    }

    /// A given name, from 1 (common) to 3 (rare).
    pub(crate) fn given(class: u16) -> Self {
        Self(class.min(3) << 4)
    }

    /// A family name, from 1 (common) to 3 (rare).
    pub(crate) fn family(class: u16) -> Self {
        Self(class.min(3) << 6)
    }

    /// An organization: 1 a company, 2 a team, 3 any other.
    pub(crate) fn organization(class: u16) -> Self {
        Self(class.min(3) << 8)
    }

    /// Adds what another list says; of two classes of one kind the lower one stays.
    pub(crate) fn join(self, other: Self) -> Self {
        let field = |shift: u32, mask: u16| {
            let (one, two) = (self.0 >> shift & mask, other.0 >> shift & mask);
            let least = if one == 0 || two == 0 { one | two } else { one.min(two) };
            least << shift
        };
        Self(field(0, 15) | field(4, 3) | field(6, 3) | field(8, 3) | (self.0 | other.0) & Self::PREFIX.0)
    }

    fn place_class(self) -> u8 {
        (self.0 & 15) as u8
    }

    fn person(self) -> u8 {
        (self.0 >> 4 & 15) as u8
    }

    fn organization_class(self) -> u8 {
        (self.0 >> 8 & 3) as u8
    }

    fn goes_on(self) -> bool {
        self.0 & Self::PREFIX.0 != 0
    }
}

/// What is known of a token: each part is 0 for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Class of the place that the token is part of, times four, plus its position (alone, first, inside, last), plus one.
    pub(crate) place: u8,
    /// The same of an organization.
    pub(crate) organization: u8,
    /// Given name (two bits) and family name (two bits).
    pub(crate) person: u8,
}

impl Mark {
    /// Says whether a place begins at the token.
    pub(crate) fn begins_place(self) -> bool {
        begins(self.place)
    }

    /// Says whether the token goes on with the place before it.
    pub(crate) fn continues_place(self) -> bool {
        self.place != 0 && !begins(self.place)
    }

    /// Says whether an organization begins at the token.
    pub(crate) fn begins_organization(self) -> bool {
        begins(self.organization)
    }

    /// Says whether the token goes on with the organization before it.
    pub(crate) fn continues_organization(self) -> bool {
        self.organization != 0 && !begins(self.organization)
    }

    /// All of it as one number.
    #[inline]
    pub(crate) fn all(self) -> Hash {
        Hash::from(self.place) | Hash::from(self.organization) << 8 | Hash::from(self.person) << 16
    }
}

/// The table.
#[derive(Debug)]
pub struct Names {
    slots: Vec<u32>,
}

/// Returns the key of a sequence of words, each folded, as it grows.
#[inline]
pub(crate) fn grown(key: Hash, word: Hash) -> Hash {
    mix(key, word)
}

/// The key of no word yet.
pub(crate) const START: Hash = 7;

impl Names {
    /// Reads a table.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let packed = bytes.strip_prefix(MAGIC).ok_or(Error::Format)?;
        let plain = zstd::bulk::decompress(packed, 32 << 20).map_err(|error| Error::Damaged(error.to_string()))?;
        let damaged = || Error::Damaged("the table of names is cut short".to_owned());
        let (count, mut rest) = plain.split_first_chunk::<4>().ok_or_else(damaged)?;
        let count = u32::from_le_bytes(*count) as usize;
        if count > MAX_NAMES {
            return Err(damaged());
        }
        let mut names = Self { slots: vec![0; (count * 4 / 3).next_power_of_two().max(16)] };
        let mut key = 0u64;
        for _ in 0..count {
            let (gap, after) = number(rest).ok_or_else(damaged)?;
            let (value, after) = number(after).ok_or_else(damaged)?;
            rest = after;
            key = key.saturating_add(gap) & ((1 << KEY_BITS) - 1);
            names.insert(key, value as u32 & VALUE);
        }
        Ok(names)
    }

    fn slot_of(&self, key: u64) -> (usize, u32) {
        let bits = self.slots.len().trailing_zeros();
        let fingerprint_bits = 32 - VALUE_BITS;
        let slot = (key >> (KEY_BITS - bits)) as usize;
        let fingerprint = (key as u32) & ((1 << fingerprint_bits) - 1);
        (slot, fingerprint << VALUE_BITS)
    }

    fn insert(&mut self, key: u64, value: u32) {
        let (mut slot, fingerprint) = self.slot_of(key);
        let mask = self.slots.len() - 1;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = fingerprint | value;
    }

    fn get(&self, key: Hash) -> Known {
        let (mut slot, fingerprint) = self.slot_of(key >> (64 - KEY_BITS));
        let mask = self.slots.len() - 1;
        // A table is never full, so an empty slot ends every search.
        while self.slots[slot] != 0 {
            if self.slots[slot] & !VALUE == fingerprint {
                return Known((self.slots[slot] & VALUE) as u16);
            }
            slot = (slot + 1) & mask;
        }
        Known::default()
    }

    /// Marks the names in a sentence; hyphens inside a name are passed over.
    pub(crate) fn mark(&self, words: &[Word], marks: &mut [Mark]) {
        let (mut place_until, mut organization_until) = (0, 0);
        for start in 0..words.len() {
            if !words[start].is_capital() && !words[start].has_no_case() {
                continue;
            }
            let mut known = self.get(grown(START, folded(words[start].text)));
            marks[start].person = known.person();
            let (mut place, mut organization) = ((0, 0), (0, 0));
            let (mut end, mut key) = (start, START);
            loop {
                if words[end].text != "-" || end == start {
                    key = grown(key, folded(words[end].text));
                    known = if end == start { known } else { self.get(key) };
                    end += 1;
                    if known.place_class() != 0 {
                        place = (known.place_class(), end);
                    }
                    if known.organization_class() != 0 {
                        organization = (known.organization_class(), end);
                    }
                    if !known.goes_on() {
                        break;
                    }
                } else {
                    end += 1;
                }
                if end >= words.len() {
                    break;
                }
            }
            if place.1 > place_until {
                place_until = place.1;
                for at in start..place.1 {
                    marks[at].place = place.0 * 4 + position(at, start, place.1) + 1;
                }
            }
            if organization.1 > organization_until {
                organization_until = organization.1;
                for at in start..organization.1 {
                    marks[at].organization = organization.0 * 4 + position(at, start, organization.1) + 1;
                }
            }
        }
    }
}

/// Writes a table of keys (as [`grown`] makes them) and what is known under each.
pub(crate) fn to_bytes(entries: impl Iterator<Item = (Hash, Known)>) -> Result<Vec<u8>, Error> {
    let mut rows: Vec<(u64, Known)> = entries.map(|(key, known)| (key >> (64 - KEY_BITS), known)).collect();
    rows.sort_by_key(|row| row.0);
    rows.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 = first.1.join(later.1);
        }
        same
    });
    let mut plain = (rows.len() as u32).to_le_bytes().to_vec();
    let mut before = 0;
    for (key, known) in rows {
        write_number(&mut plain, key - before);
        write_number(&mut plain, u64::from(known.0));
        before = key;
    }
    let packed = zstd::bulk::compress(&plain, 19).map_err(|error| Error::Damaged(error.to_string()))?;
    Ok([MAGIC.as_slice(), &packed].concat())
}

/// Says whether a part of a mark is "alone" or "first".
fn begins(part: u8) -> bool {
    part != 0 && (part - 1) % 4 < 2
}

fn position(at: usize, start: usize, end: usize) -> u8 {
    match at {
        _ if end - start == 1 => 0,
        _ if at == start => 1,
        _ if at + 1 == end => 3,
        _ => 2,
    }
}

/// Reads a number of seven bits a byte; its rest follows.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

fn write_number(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[(&str, Known)]) -> Names {
        let mut entries = Vec::new();
        for (name, known) in names {
            let mut key = START;
            let words: Vec<&str> = name.split(' ').collect();
            for (at, word) in words.iter().enumerate() {
                key = grown(key, folded(word));
                entries.push((key, if at + 1 == words.len() { *known } else { Known::PREFIX }));
            }
        }
        Names::from_bytes(&to_bytes(entries.into_iter()).unwrap()).unwrap()
    }

    #[test]
    fn the_longest_name_is_marked() {
        let names = table(&[
            ("guinea", Known::place(1)),
            ("guinea bissau", Known::place(1)),
            ("ada", Known::given(1)),
            ("brandt lines", Known::organization(1)),
        ]);
        let words = ["Ada", "left", "Guinea", "-", "Bissau", "on", "Brandt", "Lines"].map(Word::new);
        let mut marks = [Mark::default(); 8];
        names.mark(&words, &mut marks);
        assert_eq!(marks.map(|mark| mark.place), [0, 0, 6, 7, 8, 0, 0, 0]);
        assert_eq!(marks.map(|mark| mark.organization), [0, 0, 0, 0, 0, 0, 6, 8]);
        assert_eq!(marks[0].person, 1);
    }

    #[test]
    fn damaged_tables_are_refused() {
        assert!(Names::from_bytes(b"hello").is_err());
        let whole = to_bytes([(u64::MAX, Known::place(1))].into_iter()).unwrap();
        assert!(Names::from_bytes(&whole[..whole.len() - 1]).is_err());
    }
}
