//! Text to tokens for reading names: one pass, offsets exact in any script.
//!
//! Words divide at `-` and `/`; `'s` stands apart; initials (`W.`), abbreviations (`Mr.`) and `U.S.` are whole. Search has
//! terms of its own, see [`super::terms`].

/// One token: a byte span of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// Returns the text of the token.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start as usize..self.end as usize]
    }
}

/// Words that are written with a full stop that ends no sentence, one per line.
const ABBREVIATIONS: &str = include_str!("../../data/lists/abbreviation.txt");

/// Splits a text into tokens; white space belongs to none.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        at += c.len_utf8();
        if c.is_whitespace() || c.is_control() {
            continue;
        }
        if c.is_alphanumeric() {
            at = word_end(text, start);
            let (word, possessive) = (&text[start..at], possessive(&text[start..at]));
            if possessive > 0 {
                let middle = at - possessive;
                push(&mut found, start, middle);
                push(&mut found, middle, at);
                continue;
            }
            if text[at..].starts_with('.') && keeps_dot(word) {
                at += 1;
            }
        }
        push(&mut found, start, at);
    }
    found
}

/// Words that lose their last letter before a vowel, in French, Italian and Catalan; one per line.
const ELISIONS: &str = include_str!("../../data/lists/elision.txt");

/// Sets elided words apart, as French, Italian and Catalan have them: `d'Abidjan` are two tokens, `aujourd'hui` is one.
pub fn without_elisions(text: &str, tokens: Vec<Token>) -> Vec<Token> {
    let mut found = Vec::with_capacity(tokens.len());
    for token in tokens {
        let word = token.text(text);
        let (start, end) = (token.start as usize, token.end as usize);
        match word.find(['\'', '’']).filter(|at| is_elided(&word[..*at])) {
            Some(at) => {
                let middle = start + at + word[at..].chars().next().map_or(0, char::len_utf8);
                push(&mut found, start, middle);
                if middle < end {
                    push(&mut found, middle, end);
                }
            }
            None => found.push(token),
        }
    }
    found
}

fn is_elided(word: &str) -> bool {
    word.len() <= 8 && ELISIONS.lines().any(|it| it.eq_ignore_ascii_case(word))
}

fn push(found: &mut Vec<Token>, start: usize, end: usize) {
    found.push(Token { start: start as u32, end: end as u32 });
}

/// Returns where the word that begins at `start` ends: letters and digits, with apostrophes, and dots between single
/// letters or digits, inside.
fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut rest = text[start..].char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        let next = rest.peek().map(|(_, c)| *c);
        let inside = match c {
            _ if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) => true,
            '\'' | '’' | '&' => next.is_some_and(char::is_alphanumeric) && offset > 0,
            ',' => {
                text[start..start + offset].ends_with(|c: char| c.is_ascii_digit())
                    && next.is_some_and(|c| c.is_ascii_digit())
            }
            '.' => next.is_some_and(|next| dotted(&text[start..start + offset], next)),
            _ => false,
        };
        if !inside {
            break;
        }
        end = start + offset + c.len_utf8();
    }
    end
}

/// Says whether a dot inside a word goes on with it: `3.5`, `U.S`.
fn dotted(before: &str, next: char) -> bool {
    if next.is_ascii_digit() {
        return before.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'));
    }
    next.is_uppercase()
        && before.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase))
}

/// Returns the length in bytes of a possessive `'s` at the end of a word.
fn possessive(word: &str) -> usize {
    let ends = ["'s", "’s", "'S", "’S"].into_iter().find(|it| word.len() > it.len() && word.ends_with(it));
    ends.map_or(0, str::len)
}

/// Says whether a full stop after the word belongs to it: an initial, initials, or a known abbreviation.
fn keeps_dot(word: &str) -> bool {
    let initials = word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase));
    initials || word.len() <= 5 && ABBREVIATIONS.lines().any(|it| it == word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elided_words_stand_apart() {
        let text = "L'homme d'Abidjan s’est rendu aujourd'hui dell'Aquila O'Brien l'";
        let split: Vec<&str> = without_elisions(text, tokens(text)).iter().map(|token| token.text(text)).collect();
        let expected = [
            "L'",
            "homme",
            "d'",
            "Abidjan",
            "s’",
            "est",
            "rendu",
            "aujourd'hui",
            "dell'",
            "Aquila",
            "O'Brien",
            "l",
            "'",
        ];
        assert_eq!(split, expected);
    }

    fn split(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| token.text(text)).collect()
    }

    #[test]
    fn names_are_split_as_the_corpora_are() {
        assert_eq!(split("Mr. O’Brien’s U.S.-based aide"), ["Mr.", "O’Brien", "’s", "U.S.", "-", "based", "aide"]);
        assert_eq!(split("J. R. Kos paid $3,500.75."), ["J.", "R.", "Kos", "paid", "$", "3,500.75", "."]);
        assert_eq!(split("He left. AT&T stayed"), ["He", "left", ".", "AT&T", "stayed"]);
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "\\PC{0,200}") {
            let found = tokens(&text);
            let kept: String = found.iter().map(|token| token.text(&text)).collect();
            let expected: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            prop_assert_eq!(kept, expected);
        }
    }
}
