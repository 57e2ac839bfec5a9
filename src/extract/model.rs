//! A linear-chain CRF over hashed features, in one byte per weight, and its decoder (Viterbi).
//!
//! Seven labels: none, and begin and inside of person, place and organization. Knows no features, only their rows.

/// Number of labels.
pub(crate) const LABELS: usize = 7;
/// Weights of a row; one is spare, so that a row is eight bytes.
pub(crate) const ROW: usize = 8;
/// The first bytes of a model file.
const MAGIC: &[u8; 8] = b"MORGENT2";
/// Weights beyond this are cut before they become bytes.
pub(crate) const LIMIT: f32 = 4.0;
/// What one step of a weight stands for.
pub(crate) const UNIT: f32 = LIMIT / 127.0;
/// What no path may cost.
const IMPOSSIBLE: f32 = -1e9;
/// Taken off the label "none" when decoding: the training corpora miss some names.
const NONE_PENALTY: f32 = 0.3;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a model, or one of another version.
    #[error("this is no model of entities of this version")]
    Format,
    /// Cut off or damaged.
    #[error("the model is damaged: {0}")]
    Damaged(String),
}

/// The model.
#[derive(Debug, Clone)]
pub struct Model {
    /// A power of two of rows.
    weights: Vec<[i8; ROW]>,
    transitions: [[f32; LABELS]; LABELS],
    /// The transitions, with what may not follow made impossible.
    moves: [[f32; LABELS]; LABELS],
}

/// The weights of a token's features, added up: a score for each label, in [`UNIT`]s.
pub(crate) type Sums = [i16; ROW];

/// Says whether `next` may follow `label`: an inside only its own begin or inside.
pub(crate) fn follows(label: usize, next: usize) -> bool {
    next == 0 || next % 2 == 1 || next == label || next == label + 1
}

/// Says whether a sentence may begin with the label.
pub(crate) fn begins(label: usize) -> bool {
    label == 0 || label % 2 == 1
}

impl Model {
    /// Makes a model of trained weights (rows of [`ROW`]) and transitions.
    pub(crate) fn new(weights: &[f32], transitions: [[f32; LABELS]; LABELS]) -> Self {
        let byte = |weight: &f32| (weight.clamp(-LIMIT, LIMIT) / UNIT).round() as i8;
        let row = |row: &[f32]| std::array::from_fn(|label| row.get(label).map_or(0, byte));
        Self::with(weights.chunks(ROW).map(row).collect(), transitions)
    }

    fn with(weights: Vec<[i8; ROW]>, transitions: [[f32; LABELS]; LABELS]) -> Self {
        let allowed = |from: usize, to: usize| if follows(from, to) { transitions[from][to] } else { IMPOSSIBLE };
        let moves = std::array::from_fn(|from| std::array::from_fn(|to| allowed(from, to)));
        Self { weights, transitions, moves }
    }

    /// Reads a model file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let packed = bytes.strip_prefix(MAGIC).ok_or(Error::Format)?;
        let plain = zstd::bulk::decompress(packed, 64 << 20).map_err(|error| Error::Damaged(error.to_string()))?;
        let (head, weights) = plain.split_at_checked(LABELS * LABELS * 4).ok_or(Error::Format)?;
        let mut transitions = [[0.0; LABELS]; LABELS];
        for (slot, bytes) in transitions.iter_mut().flatten().zip(head.chunks_exact(4)) {
            *slot = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        if weights.len() < ROW || !(weights.len() / ROW).is_power_of_two() || weights.len() % ROW != 0 {
            return Err(Error::Damaged("its size is no power of two".to_owned()));
        }
        let row = |bytes: &[u8]| std::array::from_fn(|label| bytes[label] as i8);
        Ok(Self::with(weights.chunks_exact(ROW).map(row).collect(), transitions))
    }

    /// Writes a model file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut plain: Vec<u8> = self.transitions.iter().flatten().flat_map(|it| it.to_le_bytes()).collect();
        plain.extend(self.weights.iter().flatten().map(|weight| *weight as u8));
        let packed = zstd::bulk::compress(&plain, 19).map_err(|error| Error::Damaged(error.to_string()))?;
        Ok([MAGIC.as_slice(), &packed].concat())
    }

    /// Returns the number of rows, less one.
    pub(crate) fn mask(&self) -> u64 {
        (self.weights.len() - 1) as u64
    }

    /// Adds up the weights of rows.
    pub(crate) fn sum(&self, rows: &[u32]) -> Sums {
        let mut sums = [0i16; ROW];
        for row in rows {
            if let Some(weights) = self.weights.get(*row as usize) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = sum.wrapping_add(i16::from(*weight));
                }
            }
        }
        sums
    }

    /// Adds the best labels of a run of tokens to `labels`, given the sums of each. Around the run stand tokens without a
    /// name, or else the sentence begins with it (`first`) or ends with it (`last`).
    pub(crate) fn decode(&self, sums: &[Sums], first: bool, last: bool, labels: &mut Vec<u8>) {
        let mut scores = [IMPOSSIBLE; LABELS];
        scores[0] = 0.0;
        let mut back: Vec<[u8; LABELS]> = Vec::with_capacity(sums.len());
        for (at, sums) in sums.iter().enumerate() {
            let mut from = [0u8; LABELS];
            let mut next = [0.0; LABELS];
            for label in 0..LABELS {
                let (mut best, mut before) = (IMPOSSIBLE, 0);
                for (other, score) in scores.iter().enumerate() {
                    let begun = at == 0 && first && begins(label);
                    let path = score + if begun { 0.0 } else { self.moves[other][label] };
                    if path > best {
                        (best, before) = (path, other);
                    }
                }
                from[label] = before as u8;
                next[label] = best + f32::from(sums[label]) * UNIT;
            }
            next[0] -= NONE_PENALTY;
            scores = next;
            back.push(from);
        }
        if !last {
            for (score, moves) in scores.iter_mut().zip(&self.moves) {
                *score += moves[0];
            }
        }
        let best = (0..LABELS).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let start = labels.len();
        labels.resize(start + sums.len(), 0);
        let mut label = best as u8;
        for at in (0..sums.len()).rev() {
            labels[start + at] = label;
            label = back[at][usize::from(label)];
        }
    }
}
