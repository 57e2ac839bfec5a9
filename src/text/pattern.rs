//! Patterns that a term may match: `pres*` and `col?r`, and near spellings.
//!
//! Engines walk their dictionaries with the states of a [`Pattern`], snippets ask [`Pattern::matches`]: one definition for
//! both. Every step costs the same whatever the pattern, so none can be made slow. Knows no engine.

/// The longest pattern, in bytes of its folded form.
const MAX_GLOB_BYTES: usize = 127;
/// The longest word that is compared by spelling, in characters; longer ones must be equal.
pub const MAX_FUZZY_CHARACTERS: usize = 40;
/// No term that may match has this byte; engines use it for what is no exact form.
const RESERVED: u8 = 1;

/// What a term may look like, read byte by byte.
pub trait Pattern {
    /// How much of a term has been read, as far as that matters.
    type State: Clone;

    /// Returns the state before the first byte.
    fn start(&self) -> Self::State;
    /// Returns the state after one more byte of UTF-8.
    fn step(&self, state: &Self::State, byte: u8) -> Self::State;
    /// Says whether more bytes may still lead to a match.
    fn can_match(&self, state: &Self::State) -> bool;
    /// Says whether what has been read so far matches.
    fn accepts(&self, state: &Self::State) -> bool;

    /// Says whether a folded term matches.
    fn matches(&self, term: &str) -> bool {
        let mut state = self.start();
        for byte in term.bytes() {
            state = self.step(&state, byte);
            if !self.can_match(&state) {
                return false;
            }
        }
        self.accepts(&state)
    }
}

/// A folded word with `*` for any characters and `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    pattern: String,
    length: u32,
    /// Bit `i`: element `i` is this byte.
    bytes: Vec<(u8, u128)>,
    /// Bit `i`: element `i` is `?`.
    ones: u128,
    /// Bit `i`: element `i` is `*`.
    many: u128,
}

/// How far a [`Glob`] has come: bit `i` says that its first `i` elements are behind.
pub type GlobState = u128;

impl Glob {
    /// Reads a folded pattern; `None` if it is longer than 127 bytes.
    pub fn new(pattern: &str) -> Option<Self> {
        let mut glob = Self { pattern: pattern.to_owned(), length: 0, bytes: Vec::new(), ones: 0, many: 0 };
        for byte in pattern.bytes() {
            let bit = 1u128.checked_shl(glob.length)?;
            match byte {
                b'*' if glob.length > 0 && glob.many & (bit >> 1) != 0 => continue,
                b'*' => glob.many |= bit,
                b'?' => glob.ones |= bit,
                _ => match glob.bytes.iter_mut().find(|(known, _)| *known == byte) {
                    Some((_, mask)) => *mask |= bit,
                    None => glob.bytes.push((byte, bit)),
                },
            }
            glob.length += 1;
        }
        (glob.length as usize <= MAX_GLOB_BYTES).then_some(glob)
    }

    /// Returns the pattern as it was read.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// A star may stand for nothing.
    fn skip_many(&self, state: GlobState) -> GlobState {
        state | (state & self.many) << 1
    }
}

impl Pattern for Glob {
    type State = GlobState;

    fn start(&self) -> GlobState {
        self.skip_many(1)
    }

    fn step(&self, state: &GlobState, byte: u8) -> GlobState {
        let state = *state;
        if byte == RESERVED {
            return 0;
        }
        let literal = self.bytes.iter().find(|(known, _)| *known == byte).map_or(0, |(_, mask)| *mask);
        let continues = byte & 0b1100_0000 == 0b1000_0000;
        // The rest of the character that a `?` stands for.
        let same = if continues { state & (self.ones << 1) } else { 0 };
        let one = if continues { 0 } else { state & self.ones };
        self.skip_many(((state & literal) | one) << 1 | (state & self.many) | same)
    }

    fn can_match(&self, state: &GlobState) -> bool {
        *state != 0
    }

    fn accepts(&self, state: &GlobState) -> bool {
        state >> self.length & 1 == 1
    }
}

/// A folded word and how far a spelling may be from it: insertions, deletions, substitutions, swaps of neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fuzzy {
    word: Vec<char>,
    edits: u8,
}

/// How far a [`Fuzzy`] has come.
#[derive(Debug, Clone, Copy)]
pub struct FuzzyState {
    /// Edits between what was read and the first `i` characters of the word.
    row: [u8; MAX_FUZZY_CHARACTERS + 1],
    /// The row of one character before, and that character.
    before: [u8; MAX_FUZZY_CHARACTERS + 1],
    last: char,
    /// The bytes of a character that has been read in part, and how many are missing.
    partial: u32,
    missing: u8,
    dead: bool,
}

/// Far beyond any number of edits.
const FAR: u8 = 100;

impl Fuzzy {
    /// Reads a folded word: 1 edit from 4 characters, 2 from 8; `None` if it is too long to compare.
    pub fn new(word: &str) -> Option<Self> {
        let word: Vec<char> = word.chars().collect();
        let edits = match word.len() {
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        (word.len() <= MAX_FUZZY_CHARACTERS).then_some(Self { word, edits })
    }

    /// One more row of the matrix of edits (optimal string alignment).
    fn read(&self, next: &mut FuzzyState, state: &FuzzyState) {
        let c = char::from_u32(next.partial).unwrap_or('\u{FFFD}');
        next.row[0] = state.row[0].saturating_add(1);
        for i in 1..=self.word.len() {
            let substituted = state.row[i - 1].saturating_add(u8::from(self.word[i - 1] != c));
            let mut edits = substituted.min(state.row[i].saturating_add(1)).min(next.row[i - 1].saturating_add(1));
            if i > 1 && self.word[i - 1] == state.last && self.word[i - 2] == c {
                edits = edits.min(state.before[i - 2].saturating_add(1));
            }
            next.row[i] = edits.min(FAR);
        }
        next.before = state.row;
        next.last = c;
        next.dead = next.row[..=self.word.len()].iter().all(|edits| *edits > self.edits);
    }
}

impl Pattern for Fuzzy {
    type State = FuzzyState;

    fn start(&self) -> FuzzyState {
        let mut row = [FAR; MAX_FUZZY_CHARACTERS + 1];
        for i in 0..=self.word.len() {
            row[i] = i as u8;
        }
        FuzzyState { row, before: [FAR; MAX_FUZZY_CHARACTERS + 1], last: '\0', partial: 0, missing: 0, dead: false }
    }

    fn step(&self, state: &FuzzyState, byte: u8) -> FuzzyState {
        let mut next = *state;
        match byte {
            RESERVED => next.dead = true,
            0b1000_0000..=0b1011_1111 => {
                next.partial = next.partial << 6 | u32::from(byte & 0b0011_1111);
                next.missing = next.missing.saturating_sub(1);
            }
            0b1100_0000..=0b1101_1111 => (next.partial, next.missing) = (u32::from(byte & 0b0001_1111), 1),
            0b1110_0000..=0b1110_1111 => (next.partial, next.missing) = (u32::from(byte & 0b0000_1111), 2),
            0b1111_0000.. => (next.partial, next.missing) = (u32::from(byte & 0b0000_0111), 3),
            _ => (next.partial, next.missing) = (u32::from(byte), 0),
        }
        if next.missing == 0 && !next.dead {
            self.read(&mut next, state);
        }
        next
    }

    fn can_match(&self, state: &FuzzyState) -> bool {
        !state.dead
    }

    fn accepts(&self, state: &FuzzyState) -> bool {
        !state.dead && state.missing == 0 && state.row[self.word.len()] <= self.edits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook definition.
    fn glob(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|at| glob(rest, &text[at..])),
            Some(('?', rest)) => !text.is_empty() && glob(rest, &text[1..]),
            Some((c, rest)) => text.first() == Some(c) && glob(rest, &text[1..]),
        }
    }

    #[test]
    fn near_spellings_are_counted_in_characters() {
        let near = |word: &str, term: &str| Fuzzy::new(word).unwrap().matches(term);
        assert!(near("harbuor", "harbour") && near("presidant", "president") && near("zurich", "zürich"));
        assert!(!near("cat", "cut") && !near("talks", "walked") && !near("harbour", "\u{1}harbour"));
        assert!(near("москва", "масква") && !near("москва", "масккв"));
        assert_eq!(Fuzzy::new(&"a".repeat(41)), None);
    }

    #[test]
    fn a_long_pattern_is_refused() {
        assert!(Glob::new(&"a".repeat(127)).is_some());
        assert_eq!(Glob::new(&"a?".repeat(64)), None);
        assert!(Glob::new(&"*".repeat(1_000)).is_some());
    }

    proptest! {
        #[test]
        fn globs_match_as_defined(pattern in "[ab东?*]{0,8}", text in "[ab东京]{0,8}") {
            let (chars, wanted): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(Glob::new(&pattern).unwrap().matches(&text), glob(&chars, &wanted));
        }
    }
}
