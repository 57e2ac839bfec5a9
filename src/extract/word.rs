//! What a word looks like: hashes of its form, shape and affixes, computed in one pass without allocation.

use super::gazetteer;

/// A hash of a feature or a part of one.
pub(crate) type Hash = u64;

/// Mixes two hashes into one (a folded multiply, as wyhash does).
#[inline]
pub(crate) fn mix(a: Hash, b: Hash) -> Hash {
    let product = u128::from(a ^ 0x9E37_79B9_7F4A_7C15) * u128::from(b ^ 0xD6E8_FEB8_6659_FD93);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A hash that grows byte by byte (FNV-1a, mixed with the length at the end).
#[derive(Debug, Clone, Copy)]
struct Growing {
    state: u64,
    length: u64,
}

impl Growing {
    const EMPTY: Self = Self { state: 0xcbf2_9ce4_8422_2325, length: 0 };

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.state = (self.state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.length += 1;
    }

    #[inline]
    fn char(&mut self, c: char) {
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            self.byte(byte);
        }
    }

    #[inline]
    fn end(self) -> Hash {
        mix(self.state, self.length)
    }
}

/// Hashes a text.
pub(crate) fn hash(text: &str) -> Hash {
    let mut hash = Growing::EMPTY;
    for byte in text.bytes() {
        hash.byte(byte);
    }
    hash.end()
}

/// How a word is capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    Lower = 0,
    Title = 1,
    Upper = 2,
    /// Several capitals, the first letter one of them.
    Mixed = 3,
    /// A capital, but not in front.
    Inner = 4,
    Number = 5,
    Other = 6,
}

/// One word of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) form: Hash,
    /// In lower case, digits as 0.
    pub(crate) lower: Hash,
    pub(crate) shape: Hash,
    /// The shape with runs as one.
    pub(crate) short_shape: Hash,
    /// The last three characters in lower case; 0 where the word is shorter.
    pub(crate) ending: Hash,
    pub(crate) case: Case,
    /// Which lists of telling words it stands in, see [`super::lists`].
    pub(crate) lists: u8,
    /// Its coarse and fine cluster, see [`super::lists`]; 0 for none.
    pub(crate) clusters: (u8, u16),
}

impl<'a> Word<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        if text.is_ascii() { ascii(text) } else { unicode(text) }
    }

    /// Says whether the word has a capital letter.
    #[inline]
    pub(crate) fn is_capital(&self) -> bool {
        matches!(self.case, Case::Title | Case::Upper | Case::Mixed | Case::Inner)
    }

    /// Says whether the word is of a script whose letters have no case.
    pub(crate) fn has_no_case(&self) -> bool {
        self.case == Case::Lower && self.text.chars().next().is_some_and(|c| !c.is_ascii() && !c.is_lowercase())
    }

    /// Returns the prefixes and suffixes of 2 to 5 characters in lower case; 0 where the word is too short.
    pub(crate) fn affixes(&self) -> ([Hash; 4], [Hash; 4]) {
        if self.text.is_ascii() {
            return affixes(self.text.bytes().map(|byte| byte.to_ascii_lowercase()), Growing::byte);
        }
        affixes(straight(self.text).flat_map(char::to_lowercase), Growing::char)
    }
}

/// Returns the hash under which a word is looked up in tables of names: as the gazetteer folds it.
pub(crate) fn folded(text: &str) -> Hash {
    if !text.is_ascii() {
        return spelt_out(hash(&gazetteer::fold(text)));
    }
    let mut hash = Growing::EMPTY;
    for byte in text.bytes().filter(|byte| !matches!(byte, b'.' | b'\'' | b'`')) {
        hash.byte(byte.to_ascii_lowercase());
    }
    spelt_out(hash.end())
}

/// `St`, `Ft` and `Mt` are filed under the whole word.
fn spelt_out(folded: Hash) -> Hash {
    use std::sync::LazyLock;
    static SHORT: LazyLock<[(Hash, Hash); 3]> =
        LazyLock::new(|| [("st", "saint"), ("ft", "fort"), ("mt", "mount")].map(|(a, b)| (hash(a), hash(b))));
    SHORT.iter().find(|(short, _)| *short == folded).map_or(folded, |(_, long)| *long)
}

/// Returns the characters of a word, its apostrophes straight.
fn straight(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|c| if c == '’' { '\'' } else { c })
}

fn affixes<T: Copy>(letters: impl Iterator<Item = T>, add: impl Fn(&mut Growing, T)) -> ([Hash; 4], [Hash; 4]) {
    let mut last: [Option<T>; 5] = [None; 5];
    let (mut prefix, mut prefixes, mut length) = (Growing::EMPTY, [0; 4], 0);
    for letter in letters {
        // A prefix counts only where the word goes on behind it.
        if (2..=5).contains(&length) {
            prefixes[length - 2] = prefix.end();
        }
        if length < 5 {
            add(&mut prefix, letter);
        }
        last.rotate_left(1);
        last[4] = Some(letter);
        length += 1;
    }
    let mut suffixes = [0; 4];
    for size in 2..=5 {
        if length >= size {
            let mut hash = Growing::EMPTY;
            last[5 - size..].iter().flatten().for_each(|letter| add(&mut hash, *letter));
            suffixes[size - 2] = hash.end();
        }
    }
    (prefixes, suffixes)
}

/// The two shapes of a word, as they grow.
struct Shapes {
    shape: Growing,
    short: Growing,
    last: char,
    run: u32,
}

impl Shapes {
    const EMPTY: Self = Self { shape: Growing::EMPTY, short: Growing::EMPTY, last: ' ', run: 0 };

    #[inline]
    fn add(&mut self, kind: char) {
        if kind == self.last {
            self.run += 1;
        } else {
            self.run = 0;
            self.short.char(kind);
            self.last = kind;
        }
        if self.run < 2 {
            self.shape.char(kind);
        }
    }
}

/// Letters and capitals of a word, counted.
#[derive(Default)]
struct Letters {
    all: u32,
    capitals: u32,
}

impl Letters {
    fn case(&self, first: char) -> Case {
        match (self.all, self.capitals) {
            (0, _) if first.is_numeric() => Case::Number,
            (0, _) => Case::Other,
            (_, 0) => Case::Lower,
            _ if self.capitals == self.all && self.all > 1 => Case::Upper,
            (_, 1) if first.is_uppercase() => Case::Title,
            _ if first.is_uppercase() => Case::Mixed,
            _ => Case::Inner,
        }
    }
}

fn ascii(text: &str) -> Word<'_> {
    let bytes = text.as_bytes();
    let (mut form, mut lower) = (Growing::EMPTY, Growing::EMPTY);
    let (mut shapes, mut letters) = (Shapes::EMPTY, Letters::default());
    for byte in bytes.iter().copied() {
        form.byte(byte);
        let kind = match byte {
            b'a'..=b'z' => {
                letters.all += 1;
                lower.byte(byte);
                'x'
            }
            b'A'..=b'Z' => {
                letters.all += 1;
                letters.capitals += 1;
                lower.byte(byte | 0x20);
                'X'
            }
            b'0'..=b'9' => {
                lower.byte(b'0');
                'd'
            }
            _ => {
                lower.byte(byte);
                byte as char
            }
        };
        shapes.add(kind);
    }
    let ending = match bytes {
        [.., a, b, c] => {
            let mut hash = Growing::EMPTY;
            for byte in [a, b, c] {
                hash.byte(byte.to_ascii_lowercase());
            }
            hash.end()
        }
        _ => 0,
    };
    let first = bytes.first().map_or(' ', |byte| *byte as char);
    Gathered { form, lower, shapes, ending }.word(text, letters.case(first))
}

fn unicode(text: &str) -> Word<'_> {
    let (mut form, mut lower) = (Growing::EMPTY, Growing::EMPTY);
    let (mut shapes, mut letters) = (Shapes::EMPTY, Letters::default());
    let mut last = [None; 3];
    for c in straight(text) {
        form.char(c);
        letters.all += u32::from(c.is_alphabetic());
        letters.capitals += u32::from(c.is_uppercase());
        for small in c.to_lowercase() {
            lower.char(if small.is_ascii_digit() { '0' } else { small });
            last.rotate_left(1);
            last[2] = Some(small);
        }
        shapes.add(match c {
            _ if c.is_uppercase() => 'X',
            _ if c.is_lowercase() => 'x',
            _ if c.is_numeric() => 'd',
            _ => c,
        });
    }
    let mut ending = Growing::EMPTY;
    last.iter().flatten().for_each(|c| ending.char(*c));
    let ending = if last[0].is_some() { ending.end() } else { 0 };
    let first = text.chars().next().unwrap_or(' ');
    Gathered { form, lower, shapes, ending }.word(text, letters.case(first))
}

/// What was gathered letter by letter of a word.
struct Gathered {
    form: Growing,
    lower: Growing,
    shapes: Shapes,
    ending: Hash,
}

impl Gathered {
    fn word(self, text: &str, case: Case) -> Word<'_> {
        let (form, lower) = (self.form.end(), self.lower.end());
        let (shape, short_shape) = (self.shapes.shape.end(), self.shapes.short.end());
        Word { text, form, lower, shape, short_shape, ending: self.ending, case, lists: 0, clusters: (0, 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_looks_alike_however_it_is_encoded() {
        let (straight, curly) = (Word::new("O'Brien"), Word::new("O’Brien"));
        assert_eq!((straight.form, straight.lower, straight.shape), (curly.form, curly.lower, curly.shape));
        assert_eq!(straight.affixes(), curly.affixes());
        assert_eq!((straight.ending, straight.case), (curly.ending, Case::Mixed));
        assert_eq!(folded("O'Brien"), folded("OBRIEN"));
        assert_eq!(folded("St."), folded("Saint"));
        assert_eq!(folded("Łódź"), folded("lodz"));
    }

    #[test]
    fn cases_are_told_apart() {
        use Case::{Inner, Lower, Mixed, Number, Other, Title, Upper};
        let cases = ["kos", "Kos", "KOS", "McKos", "iKos", "12", "("].map(|text| Word::new(text).case);
        assert_eq!(cases, [Lower, Title, Upper, Mixed, Inner, Number, Other]);
    }
}
