//! The transformer itself: rows of pieces to the probabilities of labels.

use std::fmt;

use rten_gemm::{GemmInputA, GemmInputB, GemmOptions};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::Matrix;
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Softmax, Sum, SumSquareSub};

use super::{
    super::model::LABELS,
    Opinion,
    dense::{Bytes, Dense, Kernels},
    weights::{LayerWeights, Norm, Sizes, Weights},
    wordpiece::{BEGIN, END, LATER},
};

/// Keeps a division from ending in infinity.
const SMALLEST_VARIANCE: f32 = 1e-12;

/// Pieces that are read together, and where the words begin in them.
#[derive(Debug, Default)]
pub(super) struct Row {
    pieces: Vec<u32>,
    cases: Vec<u8>,
    /// The number of each word in the document, and its first piece.
    words: Vec<(usize, usize)>,
}

impl Row {
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns the number of pieces, without those around them.
    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn push(&mut self, word: usize, pieces: &[u32], case: u8) {
        self.words.push((word, self.pieces.len()));
        self.cases.extend((0..pieces.len()).map(|at| if at == 0 { case } else { case + LATER }));
        self.pieces.extend(pieces);
    }

    pub(super) fn append(&mut self, other: Self) {
        let start = self.pieces.len();
        self.words.extend(other.words.into_iter().map(|(word, piece)| (word, start + piece)));
        self.pieces.extend(other.pieces);
        self.cases.extend(other.cases);
    }
}

/// The network, packed for the processor.
pub(super) struct Network {
    /// What the layers were made of, taken out of it.
    weights: Weights,
    layers: Vec<Layer>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Network").field("sizes", &self.weights.sizes).finish_non_exhaustive()
    }
}

struct Layer {
    attention: Dense,
    output: Dense,
    after_attention: Norm,
    inner: Dense,
    outer: Dense,
    after_dense: Norm,
}

/// Room to work in.
#[derive(Default)]
struct Room {
    bytes: Bytes,
    whole: Vec<i32>,
    wide: Vec<f32>,
    scores: Vec<f32>,
    head: Vec<f32>,
    joined: Vec<f32>,
    output: Vec<f32>,
}

impl Network {
    pub(super) fn new(mut weights: Weights) -> Self {
        let kernels = Kernels::new();
        let layers = std::mem::take(&mut weights.layers);
        let layers = layers.into_iter().map(|layer| Layer::new(layer, &kernels)).collect();
        weights.vocabulary.clear();
        Self { weights, layers }
    }

    /// Reads a row and adds what it says of each word.
    pub(super) fn read(&self, row: &Row, opinions: &mut Vec<Opinion>) {
        alone();
        let (kernels, mut room) = (Kernels::new(), Room::default());
        let mut state = self.embedded(row);
        for layer in &self.layers {
            layer.apply(&kernels, &self.weights.sizes, &mut state, &mut room);
        }
        let width = self.weights.sizes.width;
        for (word, piece) in &row.words {
            // The piece that begins the row stands before them all.
            let state = &state[(piece + 1) * width..][..width];
            opinions.push((*word, self.labels(state)));
        }
    }

    /// Returns the vectors of the pieces: what they are, how they are written, and where they stand.
    fn embedded(&self, row: &Row) -> Vec<f32> {
        let Weights { sizes: Sizes { width, .. }, pieces, cases, positions, norm, .. } = &self.weights;
        let around = |piece: u32| std::iter::once((piece, 0));
        let inside = row.pieces.iter().copied().zip(row.cases.iter().copied());
        let mut state = Vec::with_capacity((row.len() + 2) * width);
        for (at, (piece, case)) in around(BEGIN).chain(inside).chain(around(END)).enumerate() {
            let (values, scale) = (&pieces.values[piece as usize * width..][..*width], pieces.scales[piece as usize]);
            let case = &cases[usize::from(case) * width..][..*width];
            let position = &positions[at * width..][..*width];
            let sums = values.iter().zip(case).zip(position);
            state.extend(sums.map(|((value, case), position)| f32::from(*value) * scale + case + position));
        }
        norm.apply(&mut state);
        state
    }

    fn labels(&self, state: &[f32]) -> [f32; LABELS] {
        let Weights { head, head_bias, .. } = &self.weights;
        let product = |row: &[f32]| -> f32 { row.iter().zip(state).map(|(a, b)| a * b).sum() };
        let sums: [f32; LABELS] =
            std::array::from_fn(|label| product(&head[label * state.len()..][..state.len()]) + head_bias[label]);
        let greatest = sums.iter().copied().fold(f32::MIN, f32::max);
        let all = sums.iter().map(|it| (it - greatest).exp()).sum::<f32>().ln() + greatest;
        sums.map(|it| it - all)
    }
}

impl Norm {
    /// Brings every row to mean 0 and variance 1, then scales and shifts it.
    fn apply(&self, rows: &mut [f32]) {
        let width = self.scale.len();
        for row in rows.chunks_exact_mut(width) {
            let mean = Sum::new(row).dispatch() / width as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / width as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + SMALLEST_VARIANCE).sqrt(),
                element_scale: Some(&self.scale),
                bias: 0.0,
                element_bias: Some(&self.shift),
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

impl Layer {
    fn new(weights: LayerWeights, kernels: &Kernels) -> Self {
        Self {
            attention: Dense::new(weights.attention, kernels),
            output: Dense::new(weights.output, kernels),
            after_attention: weights.after_attention,
            inner: Dense::new(weights.inner, kernels),
            outer: Dense::new(weights.outer, kernels),
            after_dense: weights.after_dense,
        }
    }

    fn apply(&self, kernels: &Kernels, sizes: &Sizes, state: &mut [f32], room: &mut Room) {
        room.bytes.round(state, sizes.width);
        self.attention.apply(kernels, &room.bytes, &mut room.whole, &mut room.wide);
        attend(kernels, sizes, room);
        room.bytes.round(&room.joined, sizes.width);
        self.output.apply(kernels, &room.bytes, &mut room.whole, &mut room.output);
        add(state, &room.output);
        self.after_attention.apply(state);
        room.bytes.round(state, sizes.width);
        self.inner.apply(kernels, &room.bytes, &mut room.whole, &mut room.wide);
        Gelu {}.map_mut(&mut room.wide);
        room.bytes.round(&room.wide, sizes.inner);
        self.outer.apply(kernels, &room.bytes, &mut room.whole, &mut room.output);
        add(state, &room.output);
        self.after_dense.apply(state);
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Lets every piece look at every other: `wide` holds queries, keys and values, `joined` gets what was seen.
fn attend(kernels: &Kernels, sizes: &Sizes, room: &mut Room) {
    let Sizes { width, heads, .. } = *sizes;
    let (size, stride) = (width / heads, 3 * width);
    let count = room.wide.len() / stride;
    room.joined.clear();
    room.joined.resize(count * width, 0.0);
    room.scores.resize(count * count, 0.0);
    room.head.resize(count * size, 0.0);
    let sound = "a row of attention holds queries, keys and values";
    for head in 0..heads {
        let part = |which: usize, shape, strides| {
            Matrix::from_slice_with_strides(shape, &room.wide[which * width + head * size..], strides).expect(sound)
        };
        let queries = part(0, [count, size], [stride, 1]);
        let keys = part(1, [size, count], [1, stride]);
        let values = part(2, [count, size], [stride, 1]);
        let options = GemmOptions { alpha: 1.0 / (size as f32).sqrt(), ..GemmOptions::default() };
        let (a, b) = (GemmInputA::Unpacked(queries), GemmInputB::Unpacked(keys));
        kernels.floats.gemm(&mut room.scores, a, b, options).expect(sound);
        for row in room.scores.chunks_exact_mut(count) {
            Softmax::new_mut(row).dispatch();
        }
        let scores = Matrix::from_data([count, count], room.scores.as_slice());
        let (a, b) = (GemmInputA::Unpacked(scores), GemmInputB::Unpacked(values));
        kernels.floats.gemm(&mut room.head, a, b, GemmOptions::default()).expect(sound);
        for (joined, row) in room.joined.chunks_exact_mut(width).zip(room.head.chunks_exact(size)) {
            joined[head * size..][..size].copy_from_slice(row);
        }
    }
}

/// Keeps the multiplications on this thread: articles are what is read side by side.
fn alone() {
    thread_local! {
        static ALONE: Option<rayon::ThreadPool> =
            rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok();
    }
    ALONE.with(|_| ());
}
