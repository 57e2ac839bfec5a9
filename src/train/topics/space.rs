//! Articles as rows of a sparse matrix: which features are known, how rare each is, and what each counts in an article.
//!
//! Weighs exactly as [`crate::extract::topics`] does when it reads an article.

use std::collections::HashMap;

use crate::extract::topics::{
    features::{Features, GROUPS},
    model::{rarity, rarity_value, term_weight},
};

/// The known features.
#[derive(Debug)]
pub(super) struct Space {
    /// Hashes, ascending.
    pub(super) hashes: Vec<u32>,
    /// Rarity of each, in the unit of the model's file.
    pub(super) rarity: Vec<u16>,
    group_weights: [f32; GROUPS],
}

/// Rows of values by column (feature); every row ends with nothing of its own for the bias.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Matrix {
    pub(super) fn row(&self, at: usize) -> (&[u32], &[f32]) {
        let range = self.starts[at]..self.starts[at + 1];
        (&self.columns[range.clone()], &self.values[range])
    }
}

impl Space {
    /// Keeps the features that stand in at least `least` of the articles, and of those the `most` frequent.
    pub(super) fn of<'a>(
        articles: impl Iterator<Item = &'a Features>,
        least: u32,
        most: usize,
        group_weights: [f32; GROUPS],
    ) -> Self {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        let mut number = 0;
        for features in articles {
            number += 1;
            for (group, _) in features.groups().into_iter().zip(group_weights).filter(|(_, weight)| *weight > 0.0) {
                let mut own = group.to_vec();
                own.sort_unstable();
                own.dedup();
                for hash in own {
                    *counts.entry(hash).or_default() += 1;
                }
            }
        }
        let mut kept: Vec<(u32, u32)> = counts.into_iter().filter(|(_, count)| *count >= least).collect();
        kept.sort_unstable_by_key(|(hash, count)| (std::cmp::Reverse(*count), *hash));
        kept.truncate(most);
        kept.sort_unstable();
        Self {
            hashes: kept.iter().map(|(hash, _)| *hash).collect(),
            rarity: kept.iter().map(|(_, count)| rarity(number, *count as usize)).collect(),
            group_weights,
        }
    }

    /// Weighs the articles.
    pub(super) fn matrix<'a>(&self, articles: impl Iterator<Item = &'a Features>) -> Matrix {
        let mut matrix = Matrix { starts: vec![0], ..Matrix::default() };
        for features in articles {
            let groups = features.groups().into_iter().zip(self.group_weights).filter(|(_, weight)| *weight > 0.0);
            let mut row: Vec<(u32, f32)> = groups.flat_map(|(group, weight)| self.weighed(group, weight)).collect();
            row.sort_unstable_by_key(|(column, _)| *column);
            matrix.columns.extend(row.iter().map(|(column, _)| *column));
            matrix.values.extend(row.iter().map(|(_, value)| *value));
            matrix.starts.push(matrix.columns.len());
        }
        matrix
    }

    fn weighed(&self, group: &[u32], weight: f32) -> Vec<(u32, f32)> {
        let known = group.iter().filter_map(|hash| self.hashes.binary_search(hash).ok());
        let mut columns: Vec<u32> = known.map(|column| column as u32).collect();
        columns.sort_unstable();
        let mut row: Vec<(u32, f32)> = columns
            .chunk_by(|a, b| a == b)
            .map(|same| (same[0], term_weight(same.len()) * rarity_value(self.rarity[same[0] as usize])))
            .collect();
        let norm = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        for (_, value) in &mut row {
            *value *= weight / norm;
        }
        row
    }
}
