//! A linear-chain CRF over hashed features, in one byte per weight, and its decoder (Viterbi).
//!
//! Seven labels: none, and begin and inside of person, place and organization. Knows no features, only their rows.

/// Number of labels.
pub(crate) const LABELS: usize = 7;
/// Weights of a row; one is spare, so that a row is eight bytes.
pub(crate) const ROW: usize = 8;
/// The first bytes of a model file.
const MAGIC: &[u8; 8] = b"MORGENT3";
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

/// How often an article is read: the second time with what the first reading found in it.
pub(crate) const STAGES: usize = 2;

/// The model.
#[derive(Debug, Clone)]
pub struct Model {
    /// A power of two of rows, each with the weights of every stage side by side, so that one look serves both.
    weights: Vec<[i8; ROW * STAGES]>,
    stages: [Stage; STAGES],
}

/// What one stage has of its own.
#[derive(Debug, Clone)]
struct Stage {
    transitions: Table,
    /// The transitions, with what may not follow made impossible.
    moves: Table,
}

/// Scores of one label after another.
pub(crate) type Table = [[f32; LABELS]; LABELS];

/// The weights of a token's features, added up: a score for each label and stage, in [`UNIT`]s.
pub(crate) type Sums = [i16; ROW * STAGES];

/// The trained weights of one stage: rows of [`ROW`], and transitions.
pub(crate) struct Trained {
    pub(crate) weights: Vec<f32>,
    pub(crate) transitions: Table,
}

/// A run of tokens that may hold names, between tokens that do not.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// Which words of the document.
    pub(crate) words: std::ops::Range<usize>,
    /// The sentence begins with the run.
    pub(crate) first: bool,
    /// The sentence ends with it.
    pub(crate) last: bool,
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
    /// Makes a model of the trained weights of each stage; the second may be missing.
    pub(crate) fn new(first: &Trained, second: Option<&Trained>) -> Self {
        let byte = |weight: &f32| (weight.clamp(-LIMIT, LIMIT) / UNIT).round() as i8;
        let mut weights = vec![[0; ROW * STAGES]; first.weights.len() / ROW];
        for (stage, trained) in [Some(first), second].into_iter().enumerate() {
            let rows = trained.into_iter().flat_map(|it| it.weights.chunks_exact(ROW));
            for (row, trained) in weights.iter_mut().zip(rows) {
                for (slot, weight) in row[stage * ROW..].iter_mut().zip(trained) {
                    *slot = byte(weight);
                }
            }
        }
        let transitions = [first.transitions, second.unwrap_or(first).transitions];
        Self { weights, stages: transitions.map(Stage::new) }
    }

    /// Reads a model file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let packed = bytes.strip_prefix(MAGIC).ok_or(Error::Format)?;
        let plain = zstd::bulk::decompress(packed, 64 << 20).map_err(|error| Error::Damaged(error.to_string()))?;
        let (head, weights) = plain.split_at_checked(STAGES * LABELS * LABELS * 4).ok_or(Error::Format)?;
        let mut transitions = [[[0.0; LABELS]; LABELS]; STAGES];
        for (slot, bytes) in transitions.iter_mut().flatten().flatten().zip(head.chunks_exact(4)) {
            *slot = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        let plane = weights.len() / STAGES;
        let count = plane / ROW;
        if !count.is_power_of_two() || weights.len() != count * ROW * STAGES {
            return Err(Error::Damaged("its size is no power of two".to_owned()));
        }
        let row = |at: usize| std::array::from_fn(|slot| weights[slot / ROW * plane + at * ROW + slot % ROW] as i8);
        Ok(Self { weights: (0..count).map(row).collect(), stages: transitions.map(Stage::new) })
    }

    /// Writes a model file: the stages one after the other, which packs better than side by side.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let tables = self.stages.iter().flat_map(|stage| stage.transitions.iter().flatten());
        let mut plain: Vec<u8> = tables.flat_map(|it| it.to_le_bytes()).collect();
        for stage in 0..STAGES {
            let rows = self.weights.iter().flat_map(|row| &row[stage * ROW..(stage + 1) * ROW]);
            plain.extend(rows.map(|weight| *weight as u8));
        }
        let packed = zstd::bulk::compress(&plain, 19).map_err(|error| Error::Damaged(error.to_string()))?;
        Ok([MAGIC.as_slice(), &packed].concat())
    }

    /// Returns the number of rows, less one.
    pub(crate) fn mask(&self) -> u64 {
        (self.weights.len() - 1) as u64
    }

    /// Adds up the weights of rows.
    pub(crate) fn sum(&self, rows: &[u32]) -> Sums {
        let mut sums = [0i16; ROW * STAGES];
        for row in rows {
            if let Some(weights) = self.weights.get(*row as usize) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = sum.wrapping_add(i16::from(*weight));
                }
            }
        }
        sums
    }

    /// Puts the best labels of a run of tokens into `labels`, which are those of the whole document; `sums` are those of
    /// the run.
    pub(crate) fn decode(&self, stage: usize, run: &Run, sums: &[Sums], labels: &mut [u8]) {
        let moves = &self.stages[stage].moves;
        let mut scores = [IMPOSSIBLE; LABELS];
        scores[0] = 0.0;
        let mut back: Vec<[u8; LABELS]> = Vec::with_capacity(sums.len());
        for (at, sums) in sums.iter().enumerate() {
            let sums = &sums[stage * ROW..];
            let mut from = [0u8; LABELS];
            let mut next = [0.0; LABELS];
            for label in 0..LABELS {
                let free = at == 0 && run.first && begins(label);
                let (mut best, mut before) = (IMPOSSIBLE, 0);
                for (other, score) in scores.iter().enumerate() {
                    let path = score + if free { 0.0 } else { moves[other][label] };
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
        if !run.last {
            for (score, moves) in scores.iter_mut().zip(moves) {
                *score += moves[0];
            }
        }
        let best = (0..LABELS).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let mut label = best as u8;
        for (slot, back) in labels[run.words.clone()].iter_mut().zip(&back).rev() {
            *slot = label;
            label = back[usize::from(label)];
        }
    }

    /// Returns the logarithm of the probability that the best labels of a run have among all that it could have.
    pub(crate) fn certainty(&self, stage: usize, run: &Run, sums: &[Sums]) -> f32 {
        let moves = &self.stages[stage].moves;
        let mut best = [IMPOSSIBLE; LABELS];
        best[0] = 0.0;
        let mut all = best;
        for (at, sums) in sums.iter().enumerate() {
            let (mut next_best, mut next_all) = ([IMPOSSIBLE; LABELS], [IMPOSSIBLE; LABELS]);
            for label in 0..LABELS {
                let free = at == 0 && run.first && begins(label);
                let moved = |other: usize| if free { 0.0 } else { moves[other][label] };
                let own = f32::from(sums[stage * ROW + label]) * UNIT - if label == 0 { NONE_PENALTY } else { 0.0 };
                next_best[label] = own + (0..LABELS).map(|other| best[other] + moved(other)).fold(IMPOSSIBLE, f32::max);
                next_all[label] = own + sum_of_logarithms(std::array::from_fn(|other| all[other] + moved(other)));
            }
            (best, all) = (next_best, next_all);
        }
        if !run.last {
            for label in 0..LABELS {
                best[label] += moves[label][0];
                all[label] += moves[label][0];
            }
        }
        best.into_iter().fold(IMPOSSIBLE, f32::max) - sum_of_logarithms(all)
    }
}

/// Returns the logarithm of the sum of numbers of which the logarithms are given.
fn sum_of_logarithms(values: [f32; LABELS]) -> f32 {
    let greatest = values.into_iter().fold(IMPOSSIBLE, f32::max);
    greatest + values.into_iter().map(|value| (value - greatest).exp()).sum::<f32>().ln()
}

impl Stage {
    fn new(transitions: Table) -> Self {
        let allowed = |from: usize, to: usize| if follows(from, to) { transitions[from][to] } else { IMPOSSIBLE };
        let moves = std::array::from_fn(|from| std::array::from_fn(|to| allowed(from, to)));
        Self { transitions, moves }
    }
}
