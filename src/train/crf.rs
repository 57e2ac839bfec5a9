//! The trainer of the linear-chain CRF: stochastic gradient descent with AdaGrad on the negative log-likelihood
//! (Lafferty, `McCallum`, Pereira 2001; Duchi, Hazan, Singer 2011). Deterministic: one thread, a fixed order.

use crate::extract::model::{LABELS, ROW, Table, Trained, begins, follows};

/// A sentence: rows of features by token, labels, and its weight.
pub(super) struct Example {
    pub(super) rows: Vec<Vec<u32>>,
    pub(super) labels: Vec<u8>,
    pub(super) weight: f32,
}

/// Settings of the descent.
pub(super) struct Settings {
    pub(super) bits: u32,
    pub(super) epochs: usize,
    pub(super) rate: f32,
    pub(super) decay: f32,
}

/// Gradients smaller than this change nothing that one byte could hold.
const TOO_SMALL: f32 = 2e-3;

struct Descent {
    weights: Vec<f32>,
    squares: Vec<f32>,
    transitions: Table,
    transition_squares: Table,
    allowed: Table,
}

/// Trains one stage.
pub(super) fn train(examples: &[&Example], settings: &Settings) -> Trained {
    let size = (1usize << settings.bits) * ROW;
    let allowed = std::array::from_fn(|a| std::array::from_fn(|b| if follows(a, b) { 1.0 } else { 0.0 }));
    let mut descent = Descent {
        weights: vec![0.0; size],
        squares: vec![1e-3; size],
        transitions: [[0.0; LABELS]; LABELS],
        transition_squares: [[1e-3; LABELS]; LABELS],
        allowed,
    };
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    for epoch in 0..settings.epochs {
        // Fisher–Yates with xorshift: the same order on every machine.
        for i in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(i, (random % (i as u64 + 1)) as usize);
        }
        let rate = settings.rate * (1.0 - 0.9 * epoch as f32 / settings.epochs as f32);
        for number in &order {
            descent.step(examples[*number], rate, settings.decay);
        }
    }
    Trained { weights: descent.weights, transitions: descent.transitions }
}

/// A move from one word to the next: the labels that are right, and what is expected on either side of it.
struct Moved<'a> {
    labels: (u8, u8),
    before: &'a [f32; LABELS],
    emission: &'a [f32; LABELS],
    after: &'a [f32; LABELS],
}

impl Descent {
    fn emissions(&self, example: &Example) -> Vec<[f32; LABELS]> {
        let emit = |rows: &Vec<u32>| {
            let mut sums = [0.0; LABELS];
            for row in rows {
                let at = *row as usize * ROW;
                for (sum, weight) in sums.iter_mut().zip(&self.weights[at..at + LABELS]) {
                    *sum += weight;
                }
            }
            // Scaled by the greatest, so that no exponential overflows.
            let most = sums.iter().copied().fold(f32::MIN, f32::max);
            sums.map(|sum| (sum - most).exp())
        };
        example.rows.iter().map(emit).collect()
    }

    fn step(&mut self, example: &Example, rate: f32, decay: f32) {
        let length = example.rows.len();
        if length == 0 {
            return;
        }
        let emissions = self.emissions(example);
        let moves: Table =
            std::array::from_fn(|a| std::array::from_fn(|b| self.transitions[a][b].exp() * self.allowed[a][b]));
        let forward = forward(&emissions, &moves);
        let backward = backward(&emissions, &moves);
        for at in 0..length {
            if at > 0 {
                let moved = Moved {
                    labels: (example.labels[at - 1], example.labels[at]),
                    before: &forward[at - 1],
                    emission: &emissions[at],
                    after: &backward[at],
                };
                self.move_step(&moved, &moves, rate);
            }
            let mut gradient: [f32; ROW] = [0.0; ROW];
            let mut sum = 0.0;
            for label in 0..LABELS {
                gradient[label] = forward[at][label] * backward[at][label];
                sum += gradient[label];
            }
            let mut greatest = 0f32;
            for (label, value) in gradient.iter_mut().enumerate().take(LABELS) {
                *value /= sum.max(1e-30);
                if label == usize::from(example.labels[at]) {
                    *value -= 1.0;
                }
                greatest = greatest.max(value.abs());
                *value *= example.weight;
            }
            if greatest >= TOO_SMALL {
                self.row_step(&example.rows[at], &gradient, rate, decay);
            }
        }
    }

    fn row_step(&mut self, rows: &[u32], gradient: &[f32; ROW], rate: f32, decay: f32) {
        for row in rows {
            let at = *row as usize * ROW;
            let weights = &mut self.weights[at..at + ROW];
            let squares = &mut self.squares[at..at + ROW];
            for label in 0..LABELS {
                let slope = gradient[label] + decay * weights[label];
                squares[label] += slope * slope;
                weights[label] -= rate * slope / squares[label].sqrt();
            }
        }
    }

    fn move_step(&mut self, moved: &Moved, moves: &Table, rate: f32) {
        let Moved { labels: (from, to), before, emission, after } = *moved;
        let mut expected = [[0.0; LABELS]; LABELS];
        let mut sum = 0.0;
        for a in 0..LABELS {
            for b in 0..LABELS {
                expected[a][b] = before[a] * moves[a][b] * emission[b] * after[b];
                sum += expected[a][b];
            }
        }
        let (from, to) = (usize::from(from), usize::from(to));
        for a in 0..LABELS {
            for b in 0..LABELS {
                let slope = expected[a][b] / f32::max(sum, 1e-30) - if (a, b) == (from, to) { 1.0 } else { 0.0 };
                if slope.abs() > 1e-4 {
                    self.transition_squares[a][b] += slope * slope;
                    self.transitions[a][b] -= rate * slope / self.transition_squares[a][b].sqrt();
                }
            }
        }
    }
}

fn scaled(values: [f32; LABELS]) -> [f32; LABELS] {
    let sum: f32 = values.iter().sum::<f32>().max(1e-30);
    values.map(|value| value / sum)
}

fn forward(emissions: &[[f32; LABELS]], moves: &Table) -> Vec<[f32; LABELS]> {
    let mut found: Vec<[f32; LABELS]> = Vec::with_capacity(emissions.len());
    for emission in emissions {
        let values = match found.last() {
            None => std::array::from_fn(|b| if begins(b) { emission[b] } else { 0.0 }),
            Some(before) => {
                std::array::from_fn(|b| emission[b] * (0..LABELS).map(|a| before[a] * moves[a][b]).sum::<f32>())
            }
        };
        found.push(scaled(values));
    }
    found
}

fn backward(emissions: &[[f32; LABELS]], moves: &Table) -> Vec<[f32; LABELS]> {
    let mut found = vec![[1.0; LABELS]; emissions.len()];
    for at in (0..emissions.len() - 1).rev() {
        let (emission, after) = (&emissions[at + 1], found[at + 1]);
        found[at] = scaled(std::array::from_fn(|a| (0..LABELS).map(|b| moves[a][b] * emission[b] * after[b]).sum()));
    }
    found
}
