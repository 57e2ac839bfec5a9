//! Reads tensors in single precision out of `safetensors` files.

use std::{fs, path::Path};

use serde::Deserialize;

use super::{Error, failed};

/// Longest header that is read, in bytes.
const MAX_HEADER: usize = 1 << 20;

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// A file, read.
pub(super) struct Tensors<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    header: serde_json::Map<String, serde_json::Value>,
    /// Where the data begins.
    data: usize,
}

impl<'a> Tensors<'a> {
    pub(super) fn open(path: &'a Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|error| failed(path, error))?;
        let broken = || failed(path, "not a safetensors file");
        let length = bytes.first_chunk::<8>().ok_or_else(broken)?;
        let length =
            usize::try_from(u64::from_le_bytes(*length)).ok().filter(|it| *it <= MAX_HEADER).ok_or_else(broken)?;
        let header = bytes.get(8..8 + length).ok_or_else(broken)?;
        let header = serde_json::from_slice(header).map_err(|_| broken())?;
        Ok(Self { path, bytes, header, data: 8 + length })
    }

    /// Returns the values of a tensor, row by row, and its shape.
    pub(super) fn get(&self, name: &str) -> Result<(Vec<f32>, Vec<usize>), Error> {
        let broken = || failed(self.path, format!("there is no `{name}` in single precision in it"));
        let entry = self.header.get(name).cloned().ok_or_else(broken)?;
        let entry: Entry = serde_json::from_value(entry).map_err(|_| broken())?;
        let data = &self.bytes[self.data..];
        let data = data.get(entry.data_offsets[0]..entry.data_offsets[1]).ok_or_else(broken)?;
        let count = entry.shape.iter().try_fold(1usize, |count, size| count.checked_mul(*size)).ok_or_else(broken)?;
        if entry.dtype != "F32" || count.checked_mul(4) != Some(data.len()) {
            return Err(broken());
        }
        let values = data.chunks_exact(4).map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect();
        Ok((values, entry.shape))
    }
}
