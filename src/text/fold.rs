//! Folding: one form for all spellings that differ in case, accents or width only.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Returns the text in lower case, without accents, compatibility forms (full width, ligatures) resolved.
///
/// Case and accents never matter in a search; index and query both fold with this one function.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            // Lower-casing 'İ' leaves a combining dot behind.
            '\u{307}' => {}
            '’' | 'ʼ' => folded.push('\''),
            // Decomposition splits Hangul syllables into letters; composed again at the end.
            _ => folded.push(c),
        }
    }
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_accents_and_width_do_not_matter() {
        assert_eq!(fold("Café ZÜRICH"), "cafe zurich");
        assert_eq!(fold("Łódź Straße İzmir"), "lodz strasse izmir");
        assert_eq!(fold("ＡＢＣ"), "abc");
        assert_eq!(fold("서울"), "서울");
    }
}
