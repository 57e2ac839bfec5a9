//! Analysis for searching: text to terms with their exact and inflected forms and their spans.
//!
//! Index, query and snippets all use this one function, so that what is marked is what matched. Knows no engine.

use std::ops::Range;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::char::is_combining_mark;

use super::fold::fold;

/// The longest term, in bytes; longer ones are cut. Engines drop terms beyond 65,530 bytes in silence.
const MAX_TERM_BYTES: usize = 200;

/// One word of a text, or two neighbouring characters of a script without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Folded exact form.
    pub text: String,
    /// Language and stem, such as `en` + `talk`; `None` where there is no stemmer.
    pub stem: Option<String>,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Place in the row of terms, from 0.
    pub position: u32,
}

/// Splits a text into terms. `language` is an ISO 639-1 code; without one, stems are English.
pub fn terms(text: &str, language: Option<&str>) -> Vec<Term> {
    let language = language.unwrap_or("en");
    let stemming = algorithm(language).map(|algorithm| Stemming { language, stemmer: Stemmer::new(algorithm) });
    let mut found = Vec::with_capacity(text.len() / 6);
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if is_unspaced(c) {
            let mut run = vec![(start, c)];
            while let Some((at, c)) = chars.next_if(|(_, c)| is_unspaced(*c)) {
                run.push((at, c));
            }
            bigrams(&run, &mut found);
        } else if c.is_alphanumeric() {
            let mut end = start + c.len_utf8();
            while let Some((at, c)) = chars.peek().copied() {
                if continues(text, start, at, c) {
                    end = at + c.len_utf8();
                    chars.next();
                } else {
                    break;
                }
            }
            word(text, start..end, stemming.as_ref(), &mut found);
        }
    }
    found
}

/// Returns the stems of a word in several languages, as [`Term::stem`] writes them.
pub fn stems(word: &str, languages: &[&str]) -> Vec<String> {
    let exact = form(word);
    let stem = |language: &&str| {
        let stemming = Stemming { language, stemmer: Stemmer::new(algorithm(language)?) };
        Some(stemming.stem(&exact))
    };
    languages.iter().filter_map(stem).collect()
}

/// Returns the exact forms of a text in a row, as [`Term::text`] writes them.
pub fn exact(text: &str) -> Vec<String> {
    terms(text, Some("none")).into_iter().map(|term| term.text).collect()
}

/// Splits a word with `*` and `?` in it like the text it is to match: `co-op*` is `co` and `op*` in a row, `o'bri*` is
/// `obri*`. In scripts without spaces see [`unspaced_patterns`].
pub fn patterns(word: &str) -> Vec<String> {
    // Two letters of old Church Slavonic stand in for the wildcards, so that these are parts of words like any letter.
    const MANY: char = '\u{A66E}';
    const ONE: char = '\u{A64B}';
    let lettered: String = word
        .chars()
        .filter(|c| !matches!(*c, MANY | ONE | '\u{A64A}'))
        .map(|c| match c {
            '*' => MANY,
            '?' => ONE,
            c => c,
        })
        .collect();
    let wild = |term: String| term.replace(MANY, "*").replace(ONE, "?");
    exact(&lettered).into_iter().map(wild).collect()
}

/// Says whether a word has characters of a script without spaces.
pub fn is_unspaced_word(word: &str) -> bool {
    word.chars().any(is_unspaced)
}

/// Splits what stands between two stars of a pattern in a script without spaces into the pairs it must match in a row:
/// `東?都` is `東?` and `?都`. A single character may stand anywhere in a pair.
pub fn unspaced_patterns(part: &str) -> Vec<String> {
    let chars: Vec<char> = part.chars().filter(|c| c.is_alphanumeric() || *c == '?').collect();
    match chars.as_slice() {
        [] => Vec::new(),
        [one] => vec![fold(&format!("*{one}*"))],
        many => many.windows(2).map(|pair| fold(&pair.iter().collect::<String>())).collect(),
    }
}

/// How words of a language are stemmed.
struct Stemming<'a> {
    language: &'a str,
    stemmer: Stemmer,
}

impl Stemming<'_> {
    /// Returns language and stem, as [`Term::stem`] has them.
    fn stem(&self, exact: &str) -> String {
        format!("{}{}", self.language, self.stemmer.stem(exact))
    }
}

/// Says whether a word that began at `start` goes on with the character at `at`.
fn continues(text: &str, start: usize, at: usize, c: char) -> bool {
    if is_unspaced(c) {
        return false;
    }
    if c.is_alphanumeric() || is_combining_mark(c) {
        return true;
    }
    let next = text[at + c.len_utf8()..].chars().next();
    match c {
        '\'' | '’' => next.is_some_and(char::is_alphabetic),
        // A soft hyphen divides no word, nor does what keeps Persian letters apart.
        '\u{AD}' | '\u{200C}' | '\u{200D}' => next.is_some_and(char::is_alphanumeric),
        // "U.S." is one word, "end.Begin" two: every letter stands alone.
        '.' => {
            let alone = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
            let begun = text[start..at].split('.').all(alone);
            let mut rest = text[at + 1..].chars();
            let letter = rest.next().is_some_and(char::is_alphabetic);
            begun && letter && !rest.next().is_some_and(char::is_alphanumeric)
        }
        _ => false,
    }
}

fn word(text: &str, Range { start, end }: Range<usize>, stemming: Option<&Stemming>, found: &mut Vec<Term>) {
    let exact = form(&text[start..end]);
    if exact.is_empty() {
        return;
    }
    let stem = stemming.map(|it| it.stem(&exact));
    let position = found.len() as u32;
    found.push(Term { text: exact, stem, start: start as u32, end: end as u32, position });
}

/// Folds a word, takes the possessive off, and joins what apostrophes and dots divide.
fn form(word: &str) -> String {
    let mut form = fold(word);
    if let Some(stripped) = form.strip_suffix("'s")
        && !stripped.is_empty()
    {
        form.truncate(stripped.len());
    }
    // What folding leaves of marks is part of a letter: vowels of Hindi, for one.
    form.retain(|c| c.is_alphanumeric() || is_combining_mark(c));
    let mut end = form.len().min(MAX_TERM_BYTES);
    while !form.is_char_boundary(end) {
        end -= 1;
    }
    form.truncate(end);
    form
}

fn bigrams(run: &[(usize, char)], found: &mut Vec<Term>) {
    let mut push = |chars: &[(usize, char)]| {
        let text: String = chars.iter().map(|(_, c)| *c).collect();
        let (last, c) = chars[chars.len() - 1];
        let position = found.len() as u32;
        found.push(Term {
            text: fold(&text),
            stem: None,
            start: chars[0].0 as u32,
            end: (last + c.len_utf8()) as u32,
            position,
        });
    };
    if run.len() == 1 {
        push(run);
    } else {
        run.windows(2).for_each(&mut push);
    }
}

/// Scripts that put no spaces between words: Han, kana, Thai, Lao, Khmer, Myanmar.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
        && c != '・'
}

fn algorithm(language: &str) -> Option<Algorithm> {
    Some(match language {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        terms(text, Some("en")).into_iter().map(|term| term.text).collect()
    }

    #[test]
    fn spellings_of_one_word_are_one_term() {
        assert_eq!(words("O'Brien O’Brien obrien"), ["obrien", "obrien", "obrien"]);
        assert_eq!(words("Putin's U.S. visit. Well-known"), ["putin", "us", "visit", "well", "known"]);
        assert_eq!(words("東京都 A"), ["東京", "京都", "a"]);
        assert_eq!(words("हिन्दी தமிழ்"), ["हिन्दी", "தமிழ்"]);
    }

    #[test]
    fn patterns_are_split_like_words() {
        assert_eq!(patterns("Co-Op*"), ["co", "op*"]);
        assert_eq!(patterns("O’Bri*"), ["obri*"]);
        assert_eq!(patterns("*ster"), ["*ster"]);
        assert_eq!(patterns("c?f?'s*"), ["c?f?s*"]);
        assert_eq!(unspaced_patterns("東?都"), ["東?", "?都"]);
        assert_eq!(unspaced_patterns("東"), ["*東*"]);
    }

    #[test]
    fn inflections_share_a_stem() {
        let found = terms("talks talking", Some("en"));
        assert_eq!(found[0].stem, found[1].stem);
        assert_eq!(found[0].stem, stems("talked", &["en"]).pop());
    }

    proptest! {
        #[test]
        fn spans_lie_on_characters(text in "\\PC{0,200}") {
            for term in terms(&text, None) {
                prop_assert!(text.get(term.start as usize..term.end as usize).is_some());
            }
        }
    }
}
