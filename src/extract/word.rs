//! What a word looks like: hashes of its form, shape and affixes, computed once per spelling.

/// A hash of a feature or a part of one.
pub(crate) type Hash = u64;

/// Mixes two hashes into one (a folded multiply, as wyhash does).
#[inline]
pub(crate) fn mix(a: Hash, b: Hash) -> Hash {
    let product = u128::from(a ^ 0x9E37_79B9_7F4A_7C15) * u128::from(b ^ 0xD6E8_FEB8_6659_FD93);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Hashes a text (FNV-1a, mixed with its length).
pub(crate) fn hash(text: &str) -> Hash {
    let fnv = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(fnv, text.len() as u64)
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

/// One spelling.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) form: Hash,
    /// In lower case, digits as 0.
    pub(crate) lower: Hash,
    pub(crate) shape: Hash,
    /// The shape with runs as one.
    pub(crate) short_shape: Hash,
    /// Prefixes and suffixes of 2 to 5 characters; 0 where the word is too short.
    pub(crate) prefixes: [Hash; 4],
    pub(crate) suffixes: [Hash; 4],
    pub(crate) case: Case,
}

impl Word {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.replace('’', "'");
        let lower: Vec<char> = text.to_lowercase().chars().collect();
        let normal: String = lower.iter().map(|c| if c.is_ascii_digit() { '0' } else { *c }).collect();
        let (shape, short_shape) = shapes(&text);
        let affix = |length: usize, part: &[char]| {
            if lower.len() > length { hash(&part.iter().collect::<String>()) } else { 0 }
        };
        let prefixes = std::array::from_fn(|i| affix(i + 1, &lower[..(i + 1).min(lower.len())]));
        let suffixes = std::array::from_fn(|i| {
            let length = i + 2;
            if lower.len() >= length { affix(i + 1, &lower[lower.len() - length..]) } else { 0 }
        });
        Self {
            form: hash(&text),
            lower: hash(&normal),
            shape: hash(&shape),
            short_shape: hash(&short_shape),
            prefixes,
            suffixes,
            case: case(&text),
            text,
        }
    }

    /// Says whether the word has a capital letter.
    pub(crate) fn is_capital(&self) -> bool {
        matches!(self.case, Case::Title | Case::Upper | Case::Mixed | Case::Inner)
    }
}

fn shapes(text: &str) -> (String, String) {
    let (mut shape, mut short) = (String::new(), String::new());
    let (mut run, mut last) = (0, ' ');
    for c in text.chars() {
        let kind = match c {
            _ if c.is_uppercase() => 'X',
            _ if c.is_lowercase() => 'x',
            _ if c.is_numeric() => 'd',
            _ => c,
        };
        if kind == last {
            run += 1;
        } else {
            run = 0;
            short.push(kind);
        }
        if run < 2 {
            shape.push(kind);
        }
        last = kind;
    }
    (shape, short)
}

fn case(text: &str) -> Case {
    let first = text.chars().next().unwrap_or(' ');
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    match (letters, capitals) {
        (0, _) if first.is_numeric() => Case::Number,
        (0, _) => Case::Other,
        (_, 0) => Case::Lower,
        _ if capitals == letters && letters > 1 => Case::Upper,
        (_, 1) if first.is_uppercase() => Case::Title,
        _ if first.is_uppercase() => Case::Mixed,
        _ => Case::Inner,
    }
}
