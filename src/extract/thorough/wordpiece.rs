//! Words to pieces of the transformer's vocabulary (`WordPiece`, lower case, accents off), and the case that is lost on the
//! way.

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What begins a row, ends it, and stands for what is not in the vocabulary.
pub(super) const BEGIN: u32 = 101;
pub(super) const END: u32 = 102;
const UNKNOWN: u32 = 100;
/// Pieces of one word that are read.
const MOST_OF_A_WORD: usize = 8;
/// Longer runs of letters are unknown, in characters.
const LONGEST: usize = 100;
/// How many cases there are, those of the later pieces of a word included.
pub(crate) const CASES: usize = 16;
/// The case of the later pieces of a word is that of its first and this.
pub(super) const LATER: u8 = 8;

/// The vocabulary.
#[derive(Debug)]
pub(super) struct Pieces {
    numbers: HashMap<Box<str>, u32>,
}

impl Pieces {
    /// Takes a vocabulary of one piece a line; those within a word begin with `##`.
    pub(super) fn new(vocabulary: &str) -> Self {
        Self { numbers: vocabulary.lines().zip(0..).map(|(piece, number)| (piece.into(), number)).collect() }
    }

    /// Returns the pieces of a word, one at least.
    pub(super) fn of(&self, word: &str) -> Vec<u32> {
        let mut pieces = Vec::new();
        let plain: String = word.nfd().filter(|c| !is_combining_mark(*c) && !c.is_control()).map(straight).collect();
        let plain = plain.to_lowercase();
        for part in plain.split_inclusive(stands_alone) {
            let mark = part.char_indices().next_back().filter(|(_, c)| stands_alone(*c)).map_or(part.len(), |it| it.0);
            for part in [&part[..mark], &part[mark..]] {
                self.split(part.trim(), &mut pieces);
            }
            if pieces.len() >= MOST_OF_A_WORD {
                break;
            }
        }
        pieces.truncate(MOST_OF_A_WORD);
        if pieces.is_empty() {
            pieces.push(UNKNOWN);
        }
        pieces
    }

    /// Takes the longest piece that is known, again and again; where one is missing, the whole is unknown.
    fn split(&self, part: &str, pieces: &mut Vec<u32>) {
        if part.is_empty() {
            return;
        }
        let before = pieces.len();
        let mut piece = String::new();
        let mut at = 0;
        while at < part.len() && part.chars().count() <= LONGEST {
            let ends = part[at..].char_indices().map(|(start, c)| at + start + c.len_utf8()).rev();
            let known = ends.into_iter().find_map(|end| {
                piece.clear();
                piece.push_str(if at > 0 { "##" } else { "" });
                piece.push_str(&part[at..end]);
                self.numbers.get(piece.as_str()).map(|number| (*number, end))
            });
            let Some((number, end)) = known else { break };
            pieces.push(number);
            at = end;
        }
        if at < part.len() {
            pieces.truncate(before);
            pieces.push(UNKNOWN);
        }
    }
}

/// Quotation marks as they were written in what the transformer learned from.
fn straight(c: char) -> char {
    match c {
        '’' => '\'',
        '“' | '”' => '"',
        _ => c,
    }
}

/// Says whether a character is a piece of its own: punctuation, and the letters of scripts without spaces.
fn stands_alone(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
        || matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
        || c.is_whitespace()
}

/// Returns the case of a word: 1 lower, 2 capitals, 3 one capital, 4 a capital first, 5 digits, 6 capitals within, 7 none.
pub(super) fn case(word: &str) -> u8 {
    let (upper, lower) = (word.chars().any(char::is_uppercase), word.chars().any(char::is_lowercase));
    let mut later = word.chars();
    let first = later.next().is_some_and(char::is_uppercase);
    let later_lower = later.clone().any(char::is_lowercase) && !later.clone().any(char::is_uppercase);
    match (upper, lower) {
        (false, true) => 1,
        (true, false) if later.next().is_some() => 2,
        (true, false) => 3,
        _ if first && later_lower => 4,
        _ if word.chars().any(|c| c.is_ascii_digit()) => 5,
        (true, true) => 6,
        (false, false) => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_known_piece_is_taken() {
        let pieces = Pieces::new("[UNK]\nun\n##aff\n##able\nable\n.\nu\n##n\ns\n'");
        assert_eq!(pieces.of("Unaffable"), [1, 2, 3]);
        assert_eq!(pieces.of("Ünaffable"), [1, 2, 3]);
        assert_eq!(pieces.of("U.S."), [6, 5, 8, 5]);
        assert_eq!(pieces.of("’s"), [9, 8]);
        assert_eq!(pieces.of("unknown"), [UNKNOWN]);
        assert_eq!(pieces.of(""), [UNKNOWN]);
        assert_eq!(pieces.of(&"un.".repeat(50)).len(), MOST_OF_A_WORD);
        assert_eq!(pieces.of(&"u".repeat(5000)), [UNKNOWN]);
    }

    #[test]
    fn cases_are_told_apart() {
        let words =
            ["port", "NATO", "A", "Rotterdam", "1990s", "B52", "McCain", "eBay", "1,200", "—", "东京", "O'Neill"];
        let cases: Vec<u8> = words.into_iter().map(case).collect();
        assert_eq!(cases, [1, 2, 3, 4, 1, 2, 6, 6, 5, 7, 7, 6]);
    }
}
