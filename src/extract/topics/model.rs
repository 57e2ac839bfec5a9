//! A linear model of headings: one weight per feature and heading, in one byte, and its file.
//!
//! Weights stand by feature, so that an article costs only the features it has. The file is a head in JSON and the tables,
//! compressed; everything in it is checked before it is used.

use serde::{Deserialize, Serialize};

use super::features::{Features, GROUPS};

/// The first bytes of a model file.
const MAGIC: &[u8; 8] = b"MORGTOP1";
/// The largest model that is read, in bytes, unpacked: 1 GiB.
const MAX_BYTES: usize = 1 << 30;
/// The most headings a model may have.
pub(crate) const MAX_HEADINGS: usize = 65_000;
/// A row of the look-up table that is empty.
const EMPTY: u32 = u32::MAX;
/// One unit of a feature's rarity in the file.
const RARITY_UNIT: f32 = 1.0 / 2048.0;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a model, or one of another version.
    #[error("this is no model of topics of this version")]
    Format,
    /// Cut off or damaged.
    #[error("the model of topics is damaged: {0}")]
    Damaged(String),
}

/// One heading of a model, and how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// Code in its vocabulary, or the heading itself.
    pub code: String,
    /// What readers see.
    pub name: String,
    /// Articles that it was learned from.
    pub articles: usize,
    /// Share of the articles given it in cross-validation that have it, 0 to 1; `None` where there were too few to say.
    pub precision: Option<f32>,
    /// Share of the articles that have it which were given it in cross-validation, 0 to 1.
    pub recall: Option<f32>,
    /// The score from which on it is assigned.
    pub(crate) threshold: f32,
    /// Slope and offset of the logistic curve that makes a probability of a score.
    pub(crate) curve: [f32; 2],
    /// Score of an article without any known feature.
    pub(crate) bias: f32,
    /// Size of one unit of a weight.
    pub(crate) unit: f32,
}

/// What stands in front of the tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The headings, in the order of the weights.
    pub(crate) headings: Vec<Heading>,
    /// The language it was learned in, as ISO 639-1 code; `None` for any.
    pub(crate) language: Option<String>,
    /// What each group of features weighs: words, words of the title, words of the lead.
    pub(crate) group_weights: [f32; GROUPS],
    /// How far below its threshold the surest heading may lie and still be assigned; `None` if it is not.
    pub(crate) slack: Option<f32>,
}

/// Weights by feature: row `i` has `pairs[starts[i]..starts[i + 1]]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    /// Hashes of the known features, ascending.
    pub(crate) hashes: Vec<u32>,
    /// How rare each is, in [`RARITY_UNIT`].
    pub(crate) rarity: Vec<u16>,
    pub(crate) starts: Vec<u32>,
    pub(crate) headings: Vec<u16>,
    pub(crate) units: Vec<i8>,
}

/// The model, loaded.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) head: Head,
    weights: Weights,
    table: Table,
}

impl Model {
    pub(crate) fn new(head: Head, weights: Weights) -> Self {
        let table = Table::of(&weights.hashes);
        Self { head, weights, table }
    }

    /// Reads a model file.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let packed = bytes.strip_prefix(MAGIC).ok_or(Error::Format)?;
        let plain = zstd::bulk::decompress(packed, MAX_BYTES).map_err(damaged)?;
        let mut file = File { rest: &plain };
        let head_bytes = file.number()?;
        let head: Head = serde_json::from_slice(file.take(head_bytes)?).map_err(damaged)?;
        let (rows, pairs) = (file.number()?, file.number()?);
        let hashes: Vec<u32> = file.words(rows)?;
        let rarity = file.halves(rows)?;
        let lengths = file.halves(rows)?;
        let headings = file.halves(pairs)?;
        let units = file.take(pairs)?.iter().map(|byte| *byte as i8).collect();
        let starts: Vec<u32> = std::iter::once(0)
            .chain(lengths.iter().scan(0u32, |sum, it| {
                *sum = sum.saturating_add(u32::from(*it));
                Some(*sum)
            }))
            .collect();
        let whole = starts.last().is_some_and(|it| *it as usize == pairs)
            && headings.iter().all(|it| usize::from(*it) < head.headings.len());
        if !whole {
            return Err(Error::Damaged("its tables do not fit each other".to_owned()));
        }
        Ok(Self::new(head, Weights { hashes, rarity, starts, headings, units }))
    }

    /// Writes a model file.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let head = serde_json::to_vec(&self.head).map_err(damaged)?;
        let Weights { hashes, rarity, starts, headings, units } = &self.weights;
        let mut plain = Vec::new();
        let number = |value: usize, plain: &mut Vec<u8>| plain.extend((value as u32).to_le_bytes());
        number(head.len(), &mut plain);
        plain.extend(&head);
        number(hashes.len(), &mut plain);
        number(headings.len(), &mut plain);
        plain.extend(hashes.iter().flat_map(|it| it.to_le_bytes()));
        plain.extend(rarity.iter().flat_map(|it| it.to_le_bytes()));
        plain.extend(starts.windows(2).flat_map(|pair| ((pair[1] - pair[0]) as u16).to_le_bytes()));
        plain.extend(headings.iter().flat_map(|it| it.to_le_bytes()));
        plain.extend(units.iter().map(|it| *it as u8));
        let packed = zstd::bulk::compress(&plain, 19).map_err(damaged)?;
        Ok([MAGIC.as_slice(), &packed].concat())
    }

    /// Returns the score of every heading.
    pub(crate) fn scores(&self, features: &Features) -> Vec<f32> {
        let mut scores = vec![0.0; self.head.headings.len()];
        for (group, weight) in features.groups().into_iter().zip(self.head.group_weights) {
            if weight == 0.0 {
                continue;
            }
            let known = self.known(group);
            let norm = known.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
            for (row, value) in known {
                let range = self.weights.starts[row as usize] as usize..self.weights.starts[row as usize + 1] as usize;
                let value = value * weight / norm;
                for (heading, byte) in self.weights.headings[range.clone()].iter().zip(&self.weights.units[range]) {
                    scores[usize::from(*heading)] += value * f32::from(*byte);
                }
            }
        }
        for (score, heading) in scores.iter_mut().zip(&self.head.headings) {
            *score = *score * heading.unit + heading.bias;
        }
        scores
    }

    /// Returns the known features, each once, with how much it counts before the length is taken out.
    fn known(&self, group: &[u32]) -> Vec<(u32, f32)> {
        let mut rows: Vec<u32> = group.iter().filter_map(|hash| self.table.row(*hash, &self.weights.hashes)).collect();
        rows.sort_unstable();
        rows.chunk_by(|a, b| a == b)
            .map(|same| {
                let rarity = f32::from(self.weights.rarity[same[0] as usize]) * RARITY_UNIT;
                (same[0], term_weight(same.len()) * rarity)
            })
            .collect()
    }
}

/// Returns how much a word counts that stands there so often.
pub(crate) fn term_weight(times: usize) -> f32 {
    1.0 + (times as f32).ln()
}

/// Returns how rare a feature of so many of the articles is, in the unit of the file.
pub(crate) fn rarity(articles: usize, with: usize) -> u16 {
    let rarity = ((1.0 + articles as f32) / (1.0 + with as f32)).ln() + 1.0;
    (rarity / RARITY_UNIT).round().clamp(1.0, f32::from(u16::MAX)) as u16
}

/// Returns the rarity as it counts.
pub(crate) fn rarity_value(rarity: u16) -> f32 {
    f32::from(rarity) * RARITY_UNIT
}

fn damaged(error: impl std::fmt::Display) -> Error {
    Error::Damaged(error.to_string())
}

/// Hash to row, by open addressing.
#[derive(Debug, Clone)]
struct Table {
    slots: Vec<u32>,
}

impl Table {
    fn of(hashes: &[u32]) -> Self {
        let size = (hashes.len() * 2 + 1).next_power_of_two();
        let mut slots = vec![EMPTY; size];
        for (row, hash) in hashes.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while slots[at] != EMPTY {
                at = (at + 1) & (size - 1);
            }
            slots[at] = row as u32;
        }
        Self { slots }
    }

    #[inline]
    fn row(&self, hash: u32, hashes: &[u32]) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let row = self.slots[at];
            if row == EMPTY {
                return None;
            }
            if hashes[row as usize] == hash {
                return Some(row);
            }
            at = (at + 1) & mask;
        }
    }
}

/// What is left to read of an unpacked file.
struct File<'a> {
    rest: &'a [u8],
}

impl<'a> File<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or_else(|| damaged("it is cut off"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, Error> {
        Ok(self.words(1)?[0] as usize)
    }

    fn words(&mut self, count: usize) -> Result<Vec<u32>, Error> {
        let bytes = self.take(count.saturating_mul(4))?;
        Ok(bytes.chunks_exact(4).map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect())
    }

    fn halves(&mut self, count: usize) -> Result<Vec<u16>, Error> {
        let bytes = self.take(count.saturating_mul(2))?;
        Ok(bytes.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]])).collect())
    }
}
