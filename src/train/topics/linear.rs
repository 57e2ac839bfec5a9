//! A linear classifier of two classes: support vectors with squared hinge loss, by dual coordinate descent.
//!
//! After Hsieh, Chang, Lin, Keerthi, Sundararajan, "A Dual Coordinate Descent Method for Large-scale Linear SVM" (ICML 2008),
//! with its shrinking. The same input gives the same bits.

use super::space::Matrix;

/// What one training sees of the articles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Row of the matrix.
    pub(super) row: u32,
    /// Has the heading.
    pub(super) positive: bool,
    /// What a mistake on it costs.
    pub(super) cost: f32,
}

/// Weights of the columns, and of what every row has.
#[derive(Debug, Clone, Default)]
pub(super) struct Plane {
    pub(super) weights: Vec<f32>,
    pub(super) bias: f32,
}

impl Plane {
    pub(super) fn score(&self, (columns, values): (&[u32], &[f32])) -> f32 {
        let sum: f32 = columns.iter().zip(values).map(|(column, value)| self.weights[*column as usize] * value).sum();
        sum + self.bias
    }
}

/// Passes over the data at the most; what has not settled by then is good enough.
const MAX_PASSES: usize = 60;
/// Violations below this are none.
const TOLERANCE: f32 = 0.05;

/// Trains on the items; `columns` is the width of the matrix.
pub(super) fn train(matrix: &Matrix, items: &[Item], columns: usize) -> Plane {
    let mut plane = Plane { weights: vec![0.0; columns], bias: 0.0 };
    let mut alphas = vec![0.0f32; items.len()];
    let lengths: Vec<f32> = items
        .iter()
        .map(|item| 1.0 + matrix.row(item.row as usize).1.iter().map(|value| value * value).sum::<f32>())
        .collect();
    let mut active: Vec<u32> = (0..items.len() as u32).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut bound = f32::INFINITY;
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut active);
        let (mut largest, mut smallest) = (f32::NEG_INFINITY, f32::INFINITY);
        let mut kept = 0;
        for at in 0..active.len() {
            let number = active[at] as usize;
            let item = items[number];
            let sign = if item.positive { 1.0 } else { -1.0 };
            let row = matrix.row(item.row as usize);
            let slope = 0.5 / item.cost;
            let gradient = sign * plane.score(row) - 1.0 + alphas[number] * slope;
            if alphas[number] == 0.0 && gradient > bound {
                continue;
            }
            active[kept] = active[at];
            kept += 1;
            let violation = if alphas[number] == 0.0 { gradient.min(0.0) } else { gradient };
            (largest, smallest) = (largest.max(violation), smallest.min(violation));
            if violation.abs() > 1e-6 {
                let old = alphas[number];
                alphas[number] = (old - gradient / (lengths[number] + slope)).max(0.0);
                let step = (alphas[number] - old) * sign;
                for (column, value) in row.0.iter().zip(row.1) {
                    plane.weights[*column as usize] += step * value;
                }
                plane.bias += step;
            }
        }
        let settled = largest - smallest <= TOLERANCE;
        if settled && kept == items.len() {
            break;
        }
        if settled {
            // What was left out for good reason is looked at once more.
            active = (0..items.len() as u32).collect();
            bound = f32::INFINITY;
        } else {
            active.truncate(kept);
            bound = if largest > 0.0 { largest } else { f32::INFINITY };
        }
    }
    plane
}

/// Numbers in an order that is always the same (xorshift).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, (self.next() % (at as u64 + 1)) as usize);
        }
    }
}
