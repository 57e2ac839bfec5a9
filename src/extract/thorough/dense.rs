//! Dense layers in bytes: the inputs of each row are rounded to bytes, multiplied in whole numbers, and scaled back.

use std::mem::MaybeUninit;

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdOp;
use rten_tensor::Matrix;
use rten_vecmath::{ExtendInit, MinMax, Quantize};

use super::weights::DenseWeights;

/// The multiplications of this processor, for one thread.
pub(super) struct Kernels {
    pub(super) bytes: GemmExecutor<u8, i8, i32>,
    pub(super) floats: GemmExecutor<f32>,
}

impl Kernels {
    pub(super) fn new() -> Self {
        Self { bytes: GemmExecutor::new(), floats: GemmExecutor::new() }
    }
}

/// Rows of numbers rounded to bytes.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    values: Vec<u8>,
    /// The byte that stands for zero, in each row.
    zeros: Vec<u8>,
    /// What one step stands for, in each row.
    scales: Vec<f32>,
}

impl Bytes {
    /// Takes the rows of a width.
    pub(super) fn round(&mut self, rows: &[f32], width: usize) {
        self.values.clear();
        self.values.reserve(rows.len());
        self.zeros.clear();
        self.scales.clear();
        for row in rows.chunks_exact(width) {
            let (least, greatest) = MinMax::new(row).dispatch();
            let (least, greatest) = (least.min(0.0), greatest.max(0.0));
            let scale = ((greatest - least) / 255.0).max(1e-9);
            let zero = (-least / scale).round() as u8;
            self.values.extend_init(|spare: &mut [MaybeUninit<u8>]| {
                Quantize::new(row, &mut spare[..width], 1.0 / scale, zero).dispatch()
            });
            self.zeros.push(zero);
            self.scales.push(scale);
        }
    }
}

/// A dense layer, packed for the processor.
pub(super) struct Dense {
    packed: PackedBMatrix<i8>,
    /// The weights of each output, added up: what a step of the zero of a row is worth.
    sums: Vec<i32>,
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    pub(super) fn new(weights: DenseWeights, kernels: &Kernels) -> Self {
        let outputs = weights.bias.len();
        let inputs = weights.rows.values.len() / outputs;
        let turned = Matrix::from_slice_with_strides([inputs, outputs], &weights.rows.values, [1, inputs])
            .expect("a row of inputs stands for each output");
        let rows = weights.rows.values.chunks_exact(inputs);
        let sums = rows.map(|row| row.iter().map(|weight| i32::from(*weight)).sum()).collect();
        let packed = kernels.bytes.prepack_b(turned);
        Self { packed, sums, scales: weights.rows.scales, bias: weights.bias }
    }

    /// Multiplies rows; `whole` is room to work in.
    pub(super) fn apply(&self, kernels: &Kernels, input: &Bytes, whole: &mut Vec<i32>, output: &mut Vec<f32>) {
        let (count, outputs) = (input.scales.len(), self.bias.len());
        whole.clear();
        whole.resize(count * outputs, 0);
        let rows = Matrix::from_data([count, self.packed.rows()], input.values.as_slice());
        // The zeros are taken off below: rten-gemm 0.27 takes those of the first rows for all of them.
        kernels
            .bytes
            .gemm(whole, GemmInputA::Unpacked(rows), GemmInputB::Packed(&self.packed), GemmOptions::default())
            .expect("the sizes of layers were checked when the model was read");
        output.clear();
        output.resize(count * outputs, 0.0);
        let rows = output.chunks_exact_mut(outputs).zip(whole.chunks_exact(outputs));
        for ((output, whole), (zero, step)) in rows.zip(input.zeros.iter().zip(&input.scales)) {
            let zero = i32::from(*zero);
            let columns = whole.iter().zip(&self.sums).zip(self.scales.iter().zip(&self.bias));
            for (value, ((whole, sum), (scale, bias))) in output.iter_mut().zip(columns) {
                *value = (whole - zero * sum) as f32 * (step * scale) + bias;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::weights::{DENSE_LIMIT, Rows},
        *,
    };

    #[test]
    fn bytes_come_near_the_product() {
        let (inputs, outputs, count) = (384, 40, 27);
        let wave = |count: usize, step: f32| -> Vec<f32> { (0..count).map(|at| (at as f32 * step).sin()).collect() };
        let (weights, bias, rows) = (wave(inputs * outputs, 0.7), wave(outputs, 0.3), wave(inputs * count, 0.11));
        let kernels = Kernels::new();
        let rounded = Rows::rounded(&weights, inputs, DENSE_LIMIT);
        let dense = Dense::new(DenseWeights { rows: rounded, bias: bias.clone() }, &kernels);
        let (mut bytes, mut output) = (Bytes::default(), Vec::new());
        bytes.round(&rows, inputs);
        dense.apply(&kernels, &bytes, &mut Vec::new(), &mut output);
        for row in 0..count {
            for column in 0..outputs {
                let pairs = rows[row * inputs..][..inputs].iter().zip(&weights[column * inputs..]);
                let exact: f32 = pairs.map(|(a, b)| a * b).sum::<f32>() + bias[column];
                assert!((output[row * outputs + column] - exact).abs() < 0.6, "{row} {column} {exact}");
            }
        }
    }
}
