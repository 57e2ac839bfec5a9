//! Plain text: one article per file, its first line the title where it reads like one. No date is invented.

use std::ops::ControlFlow;

use super::{Each, Item, Origin, encoding::decode, fields, rejected};
use crate::article::{Article, ArticleId};

/// The longest first line that may be a title, in characters.
const MAX_TITLE: usize = 150;

pub(super) fn read(file: &str, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let text = fields::clean(&decode(data, None));
    let control = text.chars().filter(|c| *c == '\u{fffd}').count();
    if control * 10 > text.chars().count() {
        return each(rejected(file, 1, "this is no text; known formats are JSON, CSV, TSV, HTML and plain text"));
    }
    let (title, body) = divided(&text);
    let mut article = Article::new(ArticleId::from_content(&[title, body]));
    article.title = title.to_owned();
    article.body = body.to_owned();
    each(Item::Article {
        article: Box::new(article),
        origin: Origin { file: file.to_owned(), record: 1 },
        bytes: data.len() as u64,
    })
}

/// Divides a text into title and body.
///
/// A first line is a title if it is short, does not end as a sentence does, and is followed by a blank line or by a line
/// that is clearly longer.
fn divided(text: &str) -> (&str, &str) {
    let text = text.trim();
    let Some((first, rest)) = text.split_once('\n') else { return ("", text) };
    let title = first.trim();
    let ends = title.ends_with(['.', ',', ';', ':', '。', '…']) && !title.ends_with("...");
    let quoted = title.starts_with(['"', '“', '„', '«', '-', '–', '*']) && title.ends_with(['"', '”', '“', '»']);
    let short = title.chars().count() <= MAX_TITLE;
    let next = rest.lines().next().unwrap_or_default().trim();
    let apart = next.is_empty() || next.chars().count() > 2 * title.chars().count();
    if short && apart && !ends && !quoted && title.chars().any(char::is_alphabetic) {
        (title, rest.trim())
    } else {
        ("", text)
    }
}
