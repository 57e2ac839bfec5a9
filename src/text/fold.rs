//! Folding: one form for all spellings that differ in case, accents or width only.
//!
//! An accent is what a reader may leave out. Marks that are letters or vowels of their script stay: without them Hindi,
//! Thai or Japanese words would become other words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Returns the text in lower case, without accents, compatibility forms (full width, ligatures) resolved.
///
/// Case and accents never matter in a search; index and query both fold with this one function.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    // The letter that a mark stands on.
    let mut base = ' ';
    for c in text.nfkd() {
        if is_combining_mark(c) {
            if !is_accent(base, c) {
                folded.push(c);
            }
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        base = c;
        c.to_lowercase().for_each(|c| push(&mut folded, c));
    }
    // Decomposition splits Hangul syllables, voiced kana and й; here they come together again.
    folded.nfc().collect()
}

/// Returns one form for all ways to write a name: folded, without dots, commas, quotes, brackets and a leading article, with one space
/// for hyphens, slashes and white space.
pub fn name(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        match c {
            '.' | ',' | '\'' | '"' | '‘' | '“' | '”' | '`' | '(' | ')' | '[' | ']' => {}
            c if c.is_whitespace() || matches!(c, '-' | '_' | '/' | '‐'..='―') => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    match out.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => out,
    }
}

fn push(folded: &mut String, c: char) {
    match c {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'þ' => folded.push_str("th"),
        'ı' => folded.push('i'),
        'ς' => folded.push('σ'),
        '’' | 'ʼ' => folded.push('\''),
        // Lower-casing 'İ' leaves a combining dot behind.
        '\u{307}' => {}
        _ => folded.push(c),
    }
}

/// Says whether a mark on a letter may be left out.
fn is_accent(base: char, mark: char) -> bool {
    match mark {
        // й and ў are letters of their own, and the endings that stemmers know.
        '\u{306}' => !matches!(base, 'и' | 'И' | 'у' | 'У'),
        // Accents of Latin, Greek and Cyrillic.
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' => true,
        // Around symbols; halves that span two letters.
        '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}' => true,
        // Hebrew points and Arabic short vowels are for learners and scripture.
        '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{652}' | '\u{656}'..='\u{65F}' | '\u{670}' => {
            true
        }
        '\u{6D6}'..='\u{6ED}' | '\u{730}'..='\u{74A}' => true,
        // Madda and hamza are left out over alef only (أ إ آ are often typed ا); ؤ and ئ are other letters.
        '\u{653}'..='\u{655}' => base == '\u{627}',
        // The dot under Devanagari letters is left out as often as not (ज़ ज); in other scripts it makes another letter.
        '\u{93C}' => true,
        _ => false,
    }
}

/// Says whether a character only guides typesetting: hyphenation, joining, direction, the stretching of Arabic.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{640}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn case_accents_and_width_do_not_matter() {
        assert_eq!(fold("Café ZÜRICH"), "cafe zurich");
        assert_eq!(fold("Łódź Straße İzmir"), "lodz strasse izmir");
        assert_eq!(fold("Nguyễn Văn Điện"), "nguyen van dien");
        assert_eq!(fold("Αθήνα ΟΔΟΣ οδός"), "αθηνα οδοσ οδοσ");
        assert_eq!(fold("Королёв"), "королев");
        assert_eq!(fold("ＡＢＣ"), "abc");
        assert_eq!(fold("Bürger\u{AD}meister"), "burgermeister");
    }

    #[test]
    fn vowel_points_that_are_left_out_do_not_matter() {
        assert_eq!(fold("مُحَمَّد"), fold("محمد"));
        assert_eq!(fold("أحمد إبراهيم آل"), "احمد ابراهيم ال");
        assert_eq!(fold("الــرباط"), "الرباط");
        assert_eq!(fold("שָׁלוֹם"), "שלום");
        assert_eq!(fold("ज़मीन"), fold("जमीन"));
    }

    #[test]
    fn marks_that_make_another_word_stay() {
        for word in
            ["हिन्दी", "কলকাতা", "தமிழ்", "ไทย", "ที่นี่", "ဗမာ", "ភ្នំពេញ", "서울", "ガザ", "かぎ", "мой", "ўсё", "ئەم", "رؤية"]
        {
            let folded = fold(word);
            assert_eq!(fold(&folded), folded, "{word}");
            let letters = |text: &str| text.chars().count();
            let lost = letters(word) - letters(&folded).min(letters(word));
            assert_eq!(lost, 0, "{word} became {folded}");
        }
        assert_ne!(fold("かき"), fold("かぎ"));
        assert_ne!(fold("мой"), fold("мои"));
        assert_ne!(fold("कि"), fold("की"));
        assert_ne!(fold("มา"), fold("ม้า"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
