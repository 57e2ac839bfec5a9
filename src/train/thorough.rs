//! The transformer of the thorough level: labelled text out, for the program that trains it, and its checkpoint in, rounded
//! to bytes. The training itself is `training/thorough`.
//!
//! The same checkpoint gives the same file.

use std::{fmt::Write, fs, path::Path};

use super::{
    Error,
    corpus::{self, Document},
    entities::{Sources, files},
    failed,
    safetensors::Tensors,
};
use crate::extract::thorough::weights::{
    DENSE_LIMIT, DenseWeights, LIMIT, LayerWeights, Norm, POSITIONS, Rows, Sizes, Weights,
};

/// Tags of the labels.
const TAGS: [&str; 7] = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"];
/// Heads of attention in the encoder that is trained: what a checkpoint does not say.
const HEADS: usize = 12;

/// Writes what is trained on as `token<TAB>tag` files into a folder, in the scheme and by the tokenizer of this program: the
/// corpora, `annot.train.bio` and `annot.more.bio`. Returns the number of documents.
pub fn export(sources: &Sources, folder: &Path) -> Result<usize, Error> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut count = 0;
    let mut write = |name: &str, documents: &[Document]| {
        count += documents.len();
        let path = folder.join(name);
        fs::write(&path, tagged(documents)).map_err(|error| failed(&path, error))
    };
    for path in files(&sources.corpora)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        write(&name, &corpus::bio(&path, true)?)?;
    }
    let mut annotated = vec![("annot.train.bio", corpus::annotated(&sources.annotated)?)];
    for path in &sources.annotations {
        annotated.push(("annot.more.bio", corpus::joined(path, &sources.news)?));
    }
    for (name, articles) in annotated {
        let training = articles.iter().filter(|article| article.split == "train");
        write(name, &training.map(corpus::Annotated::labelled).collect::<Vec<_>>())?;
    }
    Ok(count)
}

fn tagged(documents: &[Document]) -> String {
    let mut text = String::new();
    for document in documents {
        text.push_str("-DOCSTART-\n\n");
        for sentence in document {
            for (word, label) in sentence.words.iter().zip(&sentence.labels) {
                let word = word.replace('’', "'").replace(['“', '”'], "\"");
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{word}\t{}", TAGS[usize::from(*label) % TAGS.len()]);
            }
            text.push('\n');
        }
    }
    text
}

/// Rounds a checkpoint (`safetensors`) with its vocabulary (`vocab.txt`) to bytes; returns the size of the file.
pub fn pack(checkpoint: &Path, vocabulary: &Path, output: &Path) -> Result<usize, Error> {
    let vocabulary = fs::read_to_string(vocabulary).map_err(|error| failed(vocabulary, error))?;
    let bytes =
        weights(&Tensors::open(checkpoint)?, vocabulary)?.to_bytes().map_err(|error| failed(checkpoint, error))?;
    fs::write(output, &bytes).map_err(|error| failed(output, error))?;
    Ok(bytes.len())
}

fn weights(tensors: &Tensors, vocabulary: String) -> Result<Weights, Error> {
    let get = |name: &str| Ok::<_, Error>(tensors.get(name)?.0);
    let embeddings = "bert.embeddings";
    let (pieces, shape) = tensors.get(&format!("{embeddings}.word_embeddings.weight"))?;
    let width = shape.last().copied().unwrap_or_default().max(1);
    let mut layers = Vec::new();
    while let Ok(layer) = layer(tensors, &format!("bert.encoder.layer.{}", layers.len()), width) {
        layers.push(layer);
    }
    // Everything is of the first of two types of text, whose vector is added once and for all.
    let text = get(&format!("{embeddings}.token_type_embeddings.weight"))?;
    let mut positions = get(&format!("{embeddings}.position_embeddings.weight"))?;
    positions.truncate(POSITIONS * width);
    for row in positions.chunks_exact_mut(width) {
        row.iter_mut().zip(&text).for_each(|(sum, value)| *sum += value);
    }
    let sizes = Sizes {
        pieces: pieces.len() / width,
        width,
        inner: layers.first().map_or(0, |layer| layer.inner.bias.len()),
        heads: HEADS,
        layers: layers.len(),
    };
    Ok(Weights {
        sizes,
        vocabulary,
        pieces: Rows::rounded(&pieces, width, LIMIT),
        cases: get("case.weight")?,
        positions,
        norm: norm(tensors, &format!("{embeddings}.LayerNorm"))?,
        layers,
        head: get("head.weight")?,
        head_bias: get("head.bias")?,
    })
}

fn layer(tensors: &Tensors, name: &str, width: usize) -> Result<LayerWeights, Error> {
    let own = |part: &str| dense(tensors, &[format!("{name}.{part}")], width);
    let attention = ["query", "key", "value"].map(|part| format!("{name}.attention.self.{part}"));
    let inner = own("intermediate.dense")?;
    let outer = dense(tensors, &[format!("{name}.output.dense")], inner.bias.len())?;
    Ok(LayerWeights {
        attention: dense(tensors, &attention, width)?,
        output: own("attention.output.dense")?,
        after_attention: norm(tensors, &format!("{name}.attention.output.LayerNorm"))?,
        inner,
        outer,
        after_dense: norm(tensors, &format!("{name}.output.LayerNorm"))?,
    })
}

/// Rounds dense layers of one input, put side by side.
fn dense(tensors: &Tensors, names: &[String], inputs: usize) -> Result<DenseWeights, Error> {
    let (mut weights, mut bias) = (Vec::new(), Vec::new());
    for name in names {
        weights.extend(tensors.get(&format!("{name}.weight"))?.0);
        bias.extend(tensors.get(&format!("{name}.bias"))?.0);
    }
    Ok(DenseWeights { rows: Rows::rounded(&weights, inputs.max(1), DENSE_LIMIT), bias })
}

fn norm(tensors: &Tensors, name: &str) -> Result<Norm, Error> {
    let get = |part: &str| Ok::<_, Error>(tensors.get(&format!("{name}.{part}"))?.0);
    Ok(Norm { scale: get("weight")?, shift: get("bias")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::thorough::Transformer;

    /// A checkpoint of one layer, of weights that always come out the same.
    fn checkpoint(path: &Path) {
        let layer = "bert.encoder.layer.0";
        let mut shapes = vec![
            ("bert.embeddings.word_embeddings.weight".to_owned(), vec![200, 24]),
            ("bert.embeddings.position_embeddings.weight".to_owned(), vec![512, 24]),
            ("bert.embeddings.token_type_embeddings.weight".to_owned(), vec![2, 24]),
            ("bert.embeddings.LayerNorm.weight".to_owned(), vec![24]),
            ("bert.embeddings.LayerNorm.bias".to_owned(), vec![24]),
            ("case.weight".to_owned(), vec![16, 24]),
            ("head.weight".to_owned(), vec![7, 24]),
            ("head.bias".to_owned(), vec![7]),
        ];
        let parts = [
            ("attention.self.query", [24, 24]),
            ("attention.self.key", [24, 24]),
            ("attention.self.value", [24, 24]),
            ("attention.output.dense", [24, 24]),
            ("intermediate.dense", [48, 24]),
            ("output.dense", [24, 48]),
        ];
        for (part, shape) in parts {
            shapes.push((format!("{layer}.{part}.weight"), shape.to_vec()));
            shapes.push((format!("{layer}.{part}.bias"), vec![shape[0]]));
        }
        for part in ["attention.output", "output"] {
            shapes.push((format!("{layer}.{part}.LayerNorm.weight"), vec![24]));
            shapes.push((format!("{layer}.{part}.LayerNorm.bias"), vec![24]));
        }
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for (name, shape) in shapes {
            let start = data.len();
            let count: usize = shape.iter().product();
            data.extend((0..count).flat_map(|at| ((at as f32 * 0.7).sin() * 0.5).to_le_bytes()));
            let entry = serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
            header.insert(name, entry);
        }
        let header = serde_json::to_vec(&header).unwrap();
        let bytes = [(header.len() as u64).to_le_bytes().as_slice(), &header, &data].concat();
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn a_checkpoint_packs_to_the_same_file_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        checkpoint(&at("c.safetensors"));
        fs::write(at("vocab.txt"), "[PAD]\nport\n").unwrap();
        for name in ["one", "two"] {
            pack(&at("c.safetensors"), &at("vocab.txt"), &at(name)).unwrap();
        }
        let bytes = fs::read(at("one")).unwrap();
        assert_eq!(bytes, fs::read(at("two")).unwrap());
        assert!(Transformer::from_bytes(&bytes).is_ok());
        assert!(pack(&at("vocab.txt"), &at("vocab.txt"), &at("three")).is_err());
    }

    #[test]
    fn what_is_learned_from_comes_as_words_with_tags() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.bio"), "President\tB-PER\nAda\tI-PER\nsaid\tO\n").unwrap();
        let mention = r#"{"field":"body","start":3,"end":7,"type":"LOC","name":"Oslo"}"#;
        let annotated = |split: &str| {
            format!(r#"{{"id":"1","split":"{split}","title":"","body":"In Oslo’s port.","mentions":[{mention}]}}"#)
                + "\n"
        };
        fs::write(folder.path().join("a.jsonl"), annotated("train") + &annotated("dev")).unwrap();
        let sources = Sources {
            corpora: folder.path().to_owned(),
            annotated: folder.path().join("a.jsonl"),
            annotations: Vec::new(),
            news: Vec::new(),
        };
        let output = folder.path().join("words");
        assert_eq!(export(&sources, &output).unwrap(), 2);
        let read = |name: &str| fs::read_to_string(output.join(name)).unwrap();
        assert_eq!(read("a.bio"), "-DOCSTART-\n\nPresident\tO\nAda\tB-PER\nsaid\tO\n\n");
        assert_eq!(read("annot.train.bio"), "-DOCSTART-\n\nIn\tO\nOslo\tB-LOC\n's\tO\nport\tO\n.\tO\n\n");
    }
}
