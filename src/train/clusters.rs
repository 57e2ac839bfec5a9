//! Clusters of English words by use, from the word vectors of a sentence encoder in a registry package.
//!
//! Reads the vectors out of a `safetensors` file and its vocabulary, and groups whole words by spherical k-means. The same
//! files give the same clusters: one thread, fixed beginnings. See `data/clusters.md`.

use std::{fmt::Write, fs, path::Path};

use super::{Error, failed, safetensors::Tensors};

/// How many clusters there are, from the coarse to the fine.
const SIZES: [usize; 2] = [64, 512];
/// Rounds of k-means.
const ROUNDS: usize = 12;
/// The tensor that holds a vector for each word of the vocabulary.
const TENSOR: &str = "embeddings.word_embeddings.weight";

/// Vectors of one length, all of them of unit size, one after the other.
struct Vectors {
    values: Vec<f32>,
    size: usize,
}

impl Vectors {
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.size)
    }
}

/// Clusters the words of the encoder in a folder (`model.safetensors`, `vocab.txt`) and writes a table of word, coarse and
/// fine cluster, from 1; returns what it holds, for the user.
pub fn build(encoder: &Path, output: &Path) -> Result<String, Error> {
    let path = encoder.join("vocab.txt");
    let vocabulary = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
    let is_word = |word: &str| word.chars().count() > 1 && word.chars().all(char::is_alphabetic);
    let words: Vec<(usize, &str)> = vocabulary.lines().enumerate().filter(|(_, word)| is_word(word)).collect();
    let path = encoder.join("model.safetensors");
    let numbers: Vec<usize> = words.iter().map(|(number, _)| *number).collect();
    let vectors = vectors(&path, &numbers)?;
    let clusters = SIZES.map(|size| cluster(&vectors, size));
    let mut table = String::from("word\tcoarse\tfine\n");
    for (at, (_, word)) in words.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{word}\t{}\t{}", clusters[0][at] + 1, clusters[1][at] + 1);
    }
    fs::write(output, &table).map_err(|error| failed(output, error))?;
    Ok(format!("{} words in {} and {} clusters, `{}`", words.len(), SIZES[0], SIZES[1], output.display()))
}

/// Reads the vectors of some words, their mean taken off, each scaled to unit size.
fn vectors(path: &Path, numbers: &[usize]) -> Result<Vectors, Error> {
    let broken = || failed(path, "its word vectors are not those of the vocabulary");
    let (all, shape) = Tensors::open(path)?.get(TENSOR)?;
    let size = shape.last().copied().filter(|size| shape.len() == 2 && *size > 0).ok_or_else(broken)?;
    let mut values = Vec::with_capacity(numbers.len() * size);
    for number in numbers {
        values.extend(all.get(number * size..(number + 1) * size).ok_or_else(broken)?);
    }
    let mut mean = vec![0.0; size];
    for row in values.chunks_exact(size) {
        add(&mut mean, row);
    }
    for value in &mut mean {
        *value /= numbers.len().max(1) as f32;
    }
    for row in values.chunks_exact_mut(size) {
        row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
        normalise(row);
    }
    Ok(Vectors { values, size })
}

/// Returns the cluster of each vector, by spherical k-means that begins at vectors spread evenly over the vocabulary.
fn cluster(vectors: &Vectors, count: usize) -> Vec<usize> {
    let rows: Vec<&[f32]> = vectors.rows().collect();
    let count = count.min(rows.len());
    let mut centres: Vec<Vec<f32>> = (0..count).map(|at| rows[at * rows.len() / count].to_vec()).collect();
    for _ in 0..ROUNDS {
        let nearest = nearest(&rows, &centres);
        for centre in &mut centres {
            centre.fill(0.0);
        }
        for (row, cluster) in rows.iter().zip(nearest) {
            add(&mut centres[cluster], row);
        }
        for centre in &mut centres {
            normalise(centre);
        }
    }
    nearest(&rows, &centres)
}

fn nearest(rows: &[&[f32]], centres: &[Vec<f32>]) -> Vec<usize> {
    let best = |row: &[f32]| {
        let scores = centres.iter().map(|centre| dot(row, centre)).enumerate();
        scores.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(cluster, _)| cluster)
    };
    rows.iter().map(|row| best(row)).collect()
}

/// The product of two vectors, in eight sums side by side, as a processor likes it.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let whole = a.len() / 8 * 8;
    let rest: f32 = a[whole..].iter().zip(&b[whole..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn add(sum: &mut [f32], row: &[f32]) {
    sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
}

fn normalise(row: &mut [f32]) {
    let size = dot(row, row).sqrt().max(1e-9);
    for value in row {
        *value /= size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_use_come_together() {
        let folder = tempfile::tempdir().unwrap();
        let words = ["[PAD]", "said", "told", "##ing", "rome", "oslo"];
        fs::write(folder.path().join("vocab.txt"), words.join("\n")).unwrap();
        let values: [[f32; 2]; 6] = [[9.0, 9.0], [1.0, 0.1], [1.0, 0.2], [9.0, 9.0], [0.1, 1.0], [0.2, 1.0]];
        let header = format!(r#"{{"{TENSOR}":{{"dtype":"F32","shape":[6,2],"data_offsets":[0,48]}}}}"#);
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(values.iter().flatten().flat_map(|value| value.to_le_bytes()));
        fs::write(folder.path().join("model.safetensors"), bytes).unwrap();
        let all = vectors(&folder.path().join("model.safetensors"), &[1, 2, 4, 5]).unwrap();
        let found = cluster(&all, 2);
        assert_eq!((found[0], found[2]), (found[1], found[3]));
        assert_ne!(found[0], found[2]);
        assert!(vectors(&folder.path().join("vocab.txt"), &[0]).is_err());
        let output = folder.path().join("clusters.tsv");
        build(folder.path(), &output).unwrap();
        assert_eq!(fs::read_to_string(output).unwrap().lines().count(), 5);
    }
}
