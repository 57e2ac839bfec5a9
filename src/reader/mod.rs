//! Bytes to articles: one file per format, picked by content first and extension second; compression is seen through.
//!
//! A bad item is handed on as [`Item::Rejected`] with file, record and reason, and reading goes on. Knows nothing of
//! extraction, documents or indexes.

mod date;
mod encoding;
mod fields;
mod html;
mod json;
mod markup;
mod newsml;
mod ninjs;
mod nitf;
mod recognise;
mod source;
mod story;
mod table;
mod text;
mod unpack;
mod xml;

pub use recognise::Format;
pub use source::Source;

use std::{
    io::{self, BufRead},
    ops::ControlFlow,
    path::PathBuf,
};

use crate::article::Article;

/// The most bytes one article may have before it is read: 64 MiB.
pub const MAX_RECORD_BYTES: usize = 64 << 20;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// File, `-` for standard input.
    pub file: String,
    /// The line of the file, or the element of an array, from 1.
    pub record: u64,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// An article.
    Article {
        /// The article.
        article: Box<Article>,
        /// Where it stood.
        origin: Origin,
        /// How many bytes it took.
        bytes: u64,
    },
    /// A web page that is still to be read, by [`Item::finish`]: whoever has several threads does so on one of them.
    Page {
        /// The page.
        data: Vec<u8>,
        /// Where it stood.
        origin: Origin,
    },
    /// Something that is no article.
    Rejected(Rejected),
}

/// Something that is no article, or none that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Where it stood.
    pub origin: Origin,
    /// Its id, if it could be read.
    pub id: Option<String>,
    /// Why: lower case, no full stop.
    pub reason: String,
}

impl Item {
    /// Returns the article and where it stood; reads what was left for later.
    pub fn finish(self) -> Result<(Box<Article>, Origin), Rejected> {
        match self {
            Self::Article { article, origin, .. } => Ok((article, origin)),
            Self::Page { data, origin } => match html::read(&data) {
                Ok(article) => Ok((Box::new(article), origin)),
                Err(reason) => Err(Rejected { origin, id: None, reason }),
            },
            Self::Rejected(rejected) => Err(rejected),
        }
    }

    /// Returns how many bytes it took.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Article { bytes, .. } => *bytes,
            Self::Page { data, .. } => data.len() as u64,
            Self::Rejected(_) => 0,
        }
    }
}

/// What stops reading altogether.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path that was named is not there.
    #[error("there is nothing at `{0}`")]
    Missing(PathBuf),
}

/// Takes the items, one after the other; breaks when no more are wanted.
pub type Each<'a> = dyn FnMut(Item) -> ControlFlow<()> + 'a;

/// Reads the sources in order; folders are walked in the order of their names.
///
/// With `format`, everything is read as that; otherwise each file is looked at.
pub fn read(sources: &[Source], format: Option<Format>, each: &mut Each) -> Result<(), Error> {
    for source in sources {
        if let Source::Path(path) = source
            && !path.exists()
        {
            return Err(Error::Missing(path.clone()));
        }
    }
    for source in sources {
        if source::read(source, format, each).is_break() {
            break;
        }
    }
    Ok(())
}

fn rejected(file: &str, record: u64, reason: impl Into<String>) -> Item {
    Item::Rejected(Rejected { origin: Origin { file: file.to_owned(), record }, id: None, reason: reason.into() })
}

/// Passes over the rest of a line that is too long to be held.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let length = buffer.len();
        let end = buffer.iter().position(|byte| *byte == b'\n');
        input.consume(end.map_or(length, |end| end + 1));
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads bytes; gives titles of articles and reasons of rejections.
    pub(super) fn outcome(name: &str, data: &[u8]) -> (Vec<Article>, Vec<String>) {
        let (mut articles, mut reasons) = (Vec::new(), Vec::new());
        let source = Source::Bytes { name: name.into(), data: data.to_vec() };
        read(&[source], None, &mut |item| {
            match item.finish() {
                Ok((article, _)) => articles.push(*article),
                Err(it) => reasons.push(format!("{}: {}", it.origin.record, it.reason)),
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        (articles, reasons)
    }

    #[test]
    fn lines_are_read_one_by_one_and_bad_ones_named() {
        let lines = "{\"id\":1,\"headline\":\"A\",\"text\":\"Body\u{2028}text\",\"date\":\"2024-05-06\",\"byline\":\"By Jan Kos and Ada Brandt\"}\n{\"title\":\n\n{\"x\":1}\n{\"title\":\"B\",\"url\":null,\"extra\":{\"k\":1},\"lost\":\"2 May\"}\n";
        let (articles, reasons) = outcome("x.txt", lines.as_bytes());
        assert_eq!(articles.len(), 2, "{reasons:?}");
        assert_eq!(articles[0].authors, ["Jan Kos", "Ada Brandt"]);
        assert_eq!(articles[0].id.as_str(), "1");
        assert_eq!(articles[1].extra["k"], 1);
        assert!(reasons[0].starts_with("2: ") && reasons[1].starts_with("4: neither"), "{reasons:?}");
    }

    #[test]
    fn every_format_is_recognised_by_what_it_is() {
        let zipped = zstd::encode_all(&b"[{\"title\":\"A\"},{\"title\":\"B\"}]"[..], 1).unwrap();
        assert_eq!(outcome("a.bin", &zipped).0.len(), 2);
        let (articles, _) = outcome("a.csv", b"headline;text;publisher\n\"A; b\";\"One\nTwo\";Courier\n");
        assert_eq!((articles[0].title.as_str(), articles[0].source.as_str()), ("A; b", "Courier"));
        let (articles, _) = outcome("a.txt", "Strike ends\n\nThe strike ended on Monday, both sides said.".as_bytes());
        assert_eq!(articles[0].title, "Strike ends");
        let (articles, _) = outcome("a.txt", b"The strike ended on Monday.\n\nBoth sides said so.");
        assert_eq!(articles[0].title, "");
        assert_eq!(articles[0].published, None);
    }

    #[test]
    fn hostile_input_is_rejected_and_reading_goes_on() {
        let deep = format!("{{\"title\":\"A\"}}\n{{\"x\":{}\n{{\"title\":\"B\"}}", "[".repeat(100_000));
        let (articles, reasons) = outcome("a.jsonl", deep.as_bytes());
        assert_eq!((articles.len(), reasons.len()), (2, 1));
        let (articles, reasons) = outcome("a.jsonl", b"{\"title\":\"A\xff\"}\n{\"title\":\"B\"}");
        assert_eq!(articles.len() + reasons.len(), 2);
        assert_eq!(outcome("a.html", b"<html><body></body></html>").1.len(), 1);
        assert_eq!(outcome("empty.txt", b"").1.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn bytes_never_break_a_reader(data in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..5) {
            let name = ["a.jsonl", "a.json", "a.csv", "a.txt", "a.html"][at];
            outcome(name, &data);
        }

        #[test]
        fn text_never_breaks_a_reader(text in "[\\[\\]{}\",:a-z<>/\n;\t\\\\ ]{0,200}", at in 0usize..5) {
            let name = ["a.jsonl", "a.json", "a.tsv", "a.txt", "a.html"][at];
            outcome(name, text.as_bytes());
        }
    }
}
