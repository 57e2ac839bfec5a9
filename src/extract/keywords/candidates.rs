//! The phrases of an article that may be keywords: runs of words without stop words, names, numbers or marks between them.

use std::ops::Range;

use super::{Background, Field};
use crate::text::terms::terms;

/// Words of a phrase.
const MAX_WORDS: usize = 3;
/// How much of a text is read, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// Characters of a word in a script without spaces.
const UNSPACED: Range<usize> = 2..7;

/// One phrase in one place.
#[derive(Debug)]
pub(super) struct Phrase {
    /// Stems of the words, between spaces.
    pub(super) key: String,
    /// The words, folded.
    pub(super) words: Vec<String>,
    /// As it is written.
    pub(super) surface: String,
    pub(super) in_title: bool,
    /// Which word of the article it begins with.
    pub(super) at: usize,
}

/// One word that may be part of a phrase; `None` breaks a run.
struct Word<'a> {
    text: String,
    key: String,
    surface: &'a str,
    /// Joined to the one before by nothing but a space or a hyphen.
    joined: bool,
    at: usize,
}

/// Returns the phrases of the fields (the first is the title) and the number of words.
pub(super) fn phrases(fields: &[Field], language: Option<&str>, background: &Background) -> (Vec<Phrase>, usize) {
    let (mut phrases, mut count) = (Vec::new(), 0);
    for (number, (text, names)) in fields.iter().enumerate() {
        let mut end = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let words = words(&text[..end], names, (language, background), &mut count);
        for start in 0..words.len() {
            for length in 1..=MAX_WORDS {
                let Some(run) = words.get(start..start + length) else { break };
                if run[1..].iter().any(|word| !word.joined) {
                    break;
                }
                phrases.push(phrase(run, text, number == 0));
            }
        }
    }
    (phrases, count)
}

fn phrase(run: &[Word], text: &str, in_title: bool) -> Phrase {
    let start = run[0].surface.as_ptr() as usize - text.as_ptr() as usize;
    let last = run[run.len() - 1].surface;
    let end = last.as_ptr() as usize - text.as_ptr() as usize + last.len();
    Phrase {
        key: run.iter().map(|word| word.key.as_str()).collect::<Vec<_>>().join(" "),
        words: run.iter().map(|word| word.text.clone()).collect(),
        surface: text[start..end].split_whitespace().collect::<Vec<_>>().join(" "),
        in_title,
        at: run[0].at,
    }
}

fn words<'a>(
    text: &'a str,
    names: &[Range<usize>],
    (language, background): (Option<&str>, &Background),
    count: &mut usize,
) -> Vec<Word<'a>> {
    let mut words: Vec<Word> = Vec::new();
    // The end of the last word, if a phrase may go on after it.
    let mut open: Option<usize> = None;
    let mut unspaced_until = 0;
    let mut name = 0;
    for term in terms(text, language) {
        let (start, end) = (term.start as usize, term.end as usize);
        *count += 1;
        while names.get(name).is_some_and(|it| it.end <= start) {
            name += 1;
        }
        if start < unspaced_until {
            continue;
        }
        let surface = &text[start..end];
        if surface.chars().next().is_some_and(is_unspaced) {
            let (run, until) = unspaced(text, start);
            unspaced_until = until;
            words.extend(run.map(|surface| whole(surface, *count)));
            open = None;
            continue;
        }
        let named = names.get(name).is_some_and(|it| it.start < end);
        let letters = term.text.chars().filter(|c| c.is_alphabetic()).count();
        if named || letters < 3 || letters < term.text.chars().count() || background.is_stop(&term.text, language) {
            open = None;
            continue;
        }
        let joined = open.is_some_and(|last| matches!(&text[last..start], " " | "-" | "\n"));
        let surface = surface.strip_suffix("'s").or_else(|| surface.strip_suffix("’s")).unwrap_or(surface);
        let key = term.stem.unwrap_or_else(|| term.text.clone());
        words.push(Word { text: term.text, key, surface, joined, at: *count });
        open = Some(end);
    }
    words
}

fn whole(surface: &str, at: usize) -> Word<'_> {
    Word { text: surface.to_owned(), key: surface.to_owned(), surface, joined: false, at }
}

/// Returns the word that begins in a script without spaces, if it is one, and where it ends: characters of one kind in a row,
/// for it is where the kinds change that such a text mostly divides.
fn unspaced(text: &str, start: usize) -> (Option<&str>, usize) {
    let kind = text[start..].chars().next().map(kind);
    let length: usize =
        text[start..].chars().take_while(|c| Some(self::kind(*c)) == kind).map(char::len_utf8).sum::<usize>().max(1);
    let word = text.get(start..start + length);
    let telling = matches!(kind, Some(Kind::Han | Kind::Katakana));
    (word.filter(|it| telling && UNSPACED.contains(&it.chars().count())), start + length)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Han,
    Hiragana,
    Katakana,
    Other,
}

fn kind(c: char) -> Kind {
    match c {
        '\u{3041}'..='\u{309F}' => Kind::Hiragana,
        '\u{30A0}'..='\u{30FF}' => Kind::Katakana,
        '々' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' => Kind::Han,
        _ => Kind::Other,
    }
}

fn is_unspaced(c: char) -> bool {
    kind(c) != Kind::Other
}
