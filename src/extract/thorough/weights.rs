//! The file of a transformer: its vocabulary, and its weights in one byte each with a scale for each row.

use super::{super::model::LABELS, wordpiece::CASES};

/// The first bytes of the file.
const MAGIC: &[u8; 8] = b"MORGTHO1";
/// Most bytes that a file unpacks to.
const MAX_BYTES: usize = 64 << 20;
/// Positions in a row that have a vector.
pub(crate) const POSITIONS: usize = 256;
/// The greatest weight of a dense layer. Two products of a byte and a weight are added in sixteen bits on older processors:
/// 2 · 255 · 63 is the most that they hold.
pub(crate) const DENSE_LIMIT: f32 = 63.0;
/// The greatest weight elsewhere.
pub(crate) const LIMIT: f32 = 127.0;

/// Why a transformer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a transformer, or one of another version.
    #[error("this is no transformer of this version")]
    Format,
    /// Cut off or damaged.
    #[error("the transformer is damaged: {0}")]
    Damaged(String),
}

/// Sizes of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Pieces in the vocabulary.
    pub(crate) pieces: usize,
    /// Numbers that stand for a piece.
    pub(crate) width: usize,
    /// Numbers between the two halves of a layer.
    pub(crate) inner: usize,
    /// Heads of attention.
    pub(crate) heads: usize,
    /// Layers.
    pub(crate) layers: usize,
}

impl Sizes {
    /// Says whether a network of these sizes can be read in bounded time and memory.
    fn are_sound(&self) -> bool {
        let Self { pieces, width, inner, heads, layers } = *self;
        (200..=1 << 17).contains(&pieces)
            && (8..=1024).contains(&width)
            && (8..=4096).contains(&inner)
            && (1..=64).contains(&heads)
            && (1..=24).contains(&layers)
            && width % heads == 0
    }
}

/// Rows of weights in one byte each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    pub(crate) values: Vec<i8>,
    /// What one step stands for, in each row.
    pub(crate) scales: Vec<f32>,
}

impl Rows {
    /// Rounds rows of a width, each to whole steps of its greatest weight divided by the limit.
    pub(crate) fn rounded(weights: &[f32], width: usize, limit: f32) -> Self {
        let mut rows = Self { values: Vec::with_capacity(weights.len()), scales: Vec::new() };
        for row in weights.chunks_exact(width) {
            let greatest = row.iter().fold(1e-9f32, |greatest, it| greatest.max(it.abs()));
            let scale = greatest / limit;
            rows.values.extend(row.iter().map(|it| (it / scale).round().clamp(-limit, limit) as i8));
            rows.scales.push(scale);
        }
        rows
    }
}

/// A dense layer: a row for each output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DenseWeights {
    pub(crate) rows: Rows,
    pub(crate) bias: Vec<f32>,
}

/// Scale and shift of a normalisation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Norm {
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
}

/// One layer: attention (queries, keys and values side by side) and two dense steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LayerWeights {
    pub(crate) attention: DenseWeights,
    pub(crate) output: DenseWeights,
    pub(crate) after_attention: Norm,
    pub(crate) inner: DenseWeights,
    pub(crate) outer: DenseWeights,
    pub(crate) after_dense: Norm,
}

/// All that is in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub(crate) sizes: Sizes,
    /// One piece a line.
    pub(crate) vocabulary: String,
    pub(crate) pieces: Rows,
    pub(crate) cases: Vec<f32>,
    pub(crate) positions: Vec<f32>,
    pub(crate) norm: Norm,
    pub(crate) layers: Vec<LayerWeights>,
    /// A row for each label.
    pub(crate) head: Vec<f32>,
    pub(crate) head_bias: Vec<f32>,
}

impl Weights {
    /// Reads a file.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let packed = bytes.strip_prefix(MAGIC).ok_or(Error::Format)?;
        let plain = zstd::bulk::decompress(packed, MAX_BYTES).map_err(|error| Error::Damaged(error.to_string()))?;
        let mut file = File { rest: &plain };
        let mut size = || file.number();
        let sizes = Sizes { pieces: size()?, width: size()?, inner: size()?, heads: size()?, layers: size()? };
        if !sizes.are_sound() {
            return Err(Error::Damaged("its sizes are out of bounds".to_owned()));
        }
        let width = sizes.width;
        let length = file.number()?;
        let vocabulary = String::from_utf8(file.take(length)?.to_vec()).map_err(|_| Error::Format)?;
        if vocabulary.lines().count() > sizes.pieces {
            return Err(Error::Damaged("it has more pieces than vectors".to_owned()));
        }
        let read = Self {
            sizes,
            vocabulary,
            pieces: file.rows(sizes.pieces, width)?,
            cases: file.floats(CASES * width)?,
            positions: file.floats(POSITIONS * width)?,
            norm: file.norm(width)?,
            layers: (0..sizes.layers).map(|_| file.layer(&sizes)).collect::<Result<_, _>>()?,
            head: file.floats(LABELS * width)?,
            head_bias: file.floats(LABELS)?,
        };
        if file.rest.is_empty() { Ok(read) } else { Err(Error::Damaged("there is more in it".to_owned())) }
    }

    /// Writes a file.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let Sizes { pieces, width, inner, heads, layers } = self.sizes;
        let mut plain = Vec::new();
        for number in [pieces, width, inner, heads, layers, self.vocabulary.len()] {
            plain.extend((number as u32).to_le_bytes());
        }
        plain.extend(self.vocabulary.as_bytes());
        put_rows(&mut plain, &self.pieces);
        put(&mut plain, &self.cases);
        put(&mut plain, &self.positions);
        put_norm(&mut plain, &self.norm);
        for layer in &self.layers {
            for (dense, norm) in [
                (&layer.attention, None),
                (&layer.output, Some(&layer.after_attention)),
                (&layer.inner, None),
                (&layer.outer, Some(&layer.after_dense)),
            ] {
                put_rows(&mut plain, &dense.rows);
                put(&mut plain, &dense.bias);
                if let Some(norm) = norm {
                    put_norm(&mut plain, norm);
                }
            }
        }
        put(&mut plain, &self.head);
        put(&mut plain, &self.head_bias);
        let packed = zstd::bulk::compress(&plain, 19).map_err(|error| Error::Damaged(error.to_string()))?;
        Ok([MAGIC.as_slice(), &packed].concat())
    }
}

fn put(plain: &mut Vec<u8>, values: &[f32]) {
    plain.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn put_rows(plain: &mut Vec<u8>, rows: &Rows) {
    plain.extend(rows.values.iter().map(|value| *value as u8));
    put(plain, &rows.scales);
}

fn put_norm(plain: &mut Vec<u8>, norm: &Norm) {
    put(plain, &norm.scale);
    put(plain, &norm.shift);
}

/// What is left of a file.
struct File<'a> {
    rest: &'a [u8],
}

impl<'a> File<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let cut_off = || Error::Damaged("it is cut off".to_owned());
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, Error> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, Error> {
        let values = self.take(count * 4)?.chunks_exact(4);
        let values: Vec<f32> = values.map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect();
        if values.iter().all(|it| it.is_finite()) {
            Ok(values)
        } else {
            Err(Error::Damaged("it holds what is no number".to_owned()))
        }
    }

    fn rows(&mut self, count: usize, width: usize) -> Result<Rows, Error> {
        let values = self.take(count * width)?.iter().map(|value| *value as i8).collect();
        Ok(Rows { values, scales: self.floats(count)? })
    }

    fn dense(&mut self, outputs: usize, inputs: usize) -> Result<DenseWeights, Error> {
        Ok(DenseWeights { rows: self.rows(outputs, inputs)?, bias: self.floats(outputs)? })
    }

    fn norm(&mut self, width: usize) -> Result<Norm, Error> {
        Ok(Norm { scale: self.floats(width)?, shift: self.floats(width)? })
    }

    fn layer(&mut self, sizes: &Sizes) -> Result<LayerWeights, Error> {
        let Sizes { width, inner, .. } = *sizes;
        Ok(LayerWeights {
            attention: self.dense(3 * width, width)?,
            output: self.dense(width, width)?,
            after_attention: self.norm(width)?,
            inner: self.dense(inner, width)?,
            outer: self.dense(width, inner)?,
            after_dense: self.norm(width)?,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Weights between -1 and 1 that always come out the same.
    fn noise(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|at| (((at * 7919 + seed * 104_729) % 2003) as f32 / 1001.0 - 1.0) * 0.3).collect()
    }

    fn dense(outputs: usize, inputs: usize, seed: usize) -> DenseWeights {
        let rows = Rows::rounded(&noise(outputs * inputs, seed), inputs, DENSE_LIMIT);
        DenseWeights { rows, bias: noise(outputs, seed + 1) }
    }

    fn norm(width: usize) -> Norm {
        Norm { scale: vec![1.0; width], shift: vec![0.1; width] }
    }

    /// A network that has learned nothing.
    pub(in super::super) fn small() -> Weights {
        let sizes = Sizes { pieces: 200, width: 16, inner: 32, heads: 2, layers: 2 };
        let layer = |seed| LayerWeights {
            attention: dense(48, 16, seed),
            output: dense(16, 16, seed + 2),
            after_attention: norm(16),
            inner: dense(32, 16, seed + 4),
            outer: dense(16, 32, seed + 6),
            after_dense: norm(16),
        };
        let vocabulary: Vec<String> = (0..103).map(|number| format!("[unused{number}]")).collect();
        Weights {
            sizes,
            vocabulary: vocabulary.join("\n") + "\nada\nsaw\noslo\n",
            pieces: Rows::rounded(&noise(200 * 16, 1), 16, LIMIT),
            cases: noise(CASES * 16, 2),
            positions: noise(POSITIONS * 16, 3),
            norm: norm(16),
            layers: vec![layer(10), layer(30)],
            head: noise(LABELS * 16, 4),
            head_bias: noise(LABELS, 5),
        }
    }

    #[test]
    fn a_file_comes_back_as_it_was() {
        let weights = small();
        let bytes = weights.to_bytes().unwrap();
        assert_eq!(Weights::from_bytes(&bytes).unwrap(), weights);
        assert_eq!(bytes, small().to_bytes().unwrap());
    }

    #[test]
    fn damaged_files_are_turned_away() {
        assert!(matches!(Weights::from_bytes(b"MORGENT3"), Err(Error::Format)));
        let bytes = small().to_bytes().unwrap();
        assert!(Weights::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        let mut huge = small();
        huge.sizes.layers = 25;
        assert!(Weights::from_bytes(&huge.to_bytes().unwrap()).is_err());
        let mut more = small();
        more.head_bias.push(0.0);
        assert!(Weights::from_bytes(&more.to_bytes().unwrap()).is_err());
    }

    #[test]
    fn rounding_loses_less_than_half_a_step() {
        let weights = noise(64, 9);
        let rows = Rows::rounded(&weights, 16, DENSE_LIMIT);
        for (at, weight) in weights.iter().enumerate() {
            let scale = rows.scales[at / 16];
            assert!((f32::from(rows.values[at]) * scale - weight).abs() <= scale * 0.501);
        }
    }
}
