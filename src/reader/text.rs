//! Plain text: one article per file, its first line the title where it reads like one. No date is invented.

use std::ops::ControlFlow;

use super::{Each, Item, Origin, encoding::decode, fields, rejected};
use crate::article::{Article, ArticleId};

/// The longest first line that may be a title, in characters.
const MAX_TITLE: usize = 150;

/// Reads a text as one article; rejects what is no text.
pub(super) fn read(file: &str, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let text = decode(data, None);
    if !is_text(data, &text) {
        return each(rejected(file, 1, "this is no text; known formats are JSON, CSV, TSV, HTML and plain text"));
    }
    let text = fields::clean(&text);
    let (title, body) = divided(&text);
    if title.is_empty() && body.is_empty() {
        return each(rejected(file, 1, "neither body nor title"));
    }
    let mut article = Article::new(ArticleId::from_content(&[title, body]));
    article.title = title.to_owned();
    article.body = body.to_owned();
    each(Item::Article {
        article: Box::new(article),
        origin: Origin { file: file.to_owned(), record: 1 },
        bytes: data.len() as u64,
    })
}

/// Says whether the bytes are text, not a picture, archive or program: those have bytes that no text has.
fn is_text(data: &[u8], text: &str) -> bool {
    if data.starts_with(b"%PDF-") || text.contains('\0') {
        return false;
    }
    let strange =
        |c: &char| *c == '\u{fffd}' || c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{85}');
    text.chars().filter(strange).count() * 10 <= text.chars().count()
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
