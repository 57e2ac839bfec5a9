//! A linear-chain CRF over hashed features, in one byte per weight, and its decoder (Viterbi).
//!
//! Seven labels: none, and begin and inside of person, place and organization. Knows no features, only their rows.

/// Number of labels.
pub(crate) const LABELS: usize = 7;
/// Weights of a row; one is spare, so that a row is eight bytes.
pub(crate) const ROW: usize = 8;
/// The first bytes of a model file.
const MAGIC: &[u8; 8] = b"MORGENT1";
/// Weights beyond this are cut before they become bytes.
pub(crate) const LIMIT: f32 = 4.0;
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
    /// Rows of [`ROW`] weights, a power of two of them.
    weights: Vec<i8>,
    transitions: [[f32; LABELS]; LABELS],
}

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
        let byte = |weight: &f32| (weight.clamp(-LIMIT, LIMIT) * 127.0 / LIMIT).round() as i8;
        Self { weights: weights.iter().map(byte).collect(), transitions }
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
        Ok(Self { weights: weights.iter().map(|byte| *byte as i8).collect(), transitions })
    }

    /// Writes a model file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut plain: Vec<u8> = self.transitions.iter().flatten().flat_map(|it| it.to_le_bytes()).collect();
        plain.extend(self.weights.iter().map(|weight| *weight as u8));
        let packed = zstd::bulk::compress(&plain, 19).map_err(|error| Error::Damaged(error.to_string()))?;
        Ok([MAGIC.as_slice(), &packed].concat())
    }

    /// Returns the number of rows, less one.
    pub(crate) fn mask(&self) -> u64 {
        (self.weights.len() / ROW - 1) as u64
    }

    /// Returns the score of each label for the features of a token.
    fn emit(&self, rows: &[u32]) -> [f32; LABELS] {
        let mut sums = [0i32; ROW];
        for row in rows {
            let at = *row as usize * ROW;
            for (sum, weight) in sums.iter_mut().zip(&self.weights[at..at + ROW]) {
                *sum += i32::from(*weight);
            }
        }
        std::array::from_fn(|label| sums[label] as f32 * LIMIT / 127.0)
    }

    /// Returns the best labels of a sentence. `features` fills the rows of a token, or says that it is no candidate.
    pub(crate) fn decode(&self, length: usize, mut features: impl FnMut(usize, &mut Vec<u32>) -> bool) -> Vec<u8> {
        let mut scores = [0.0; LABELS];
        let mut back: Vec<[u8; LABELS]> = Vec::with_capacity(length);
        let mut rows = Vec::with_capacity(96);
        for at in 0..length {
            let mut own = [IMPOSSIBLE; LABELS];
            own[0] = 0.0;
            if features(at, &mut rows) {
                own = self.emit(&rows);
                own[0] -= NONE_PENALTY;
            }
            let mut next = [IMPOSSIBLE; LABELS];
            let mut from = [0u8; LABELS];
            for label in 0..LABELS {
                if at == 0 {
                    next[label] = if begins(label) { own[label] } else { IMPOSSIBLE };
                    continue;
                }
                let paths = (0..LABELS).filter(|before| follows(*before, label));
                let best = paths.map(|before| (scores[before] + self.transitions[before][label], before));
                if let Some((score, before)) = best.max_by(|a, b| a.0.total_cmp(&b.0)) {
                    next[label] = score + own[label];
                    from[label] = before as u8;
                }
            }
            scores = next;
            back.push(from);
        }
        let best = (0..LABELS).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let mut labels = vec![0; length];
        let mut label = best as u8;
        for at in (0..length).rev() {
            labels[at] = label;
            label = back[at][label as usize];
        }
        labels
    }
}
