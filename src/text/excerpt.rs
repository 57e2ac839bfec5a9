//! The beginning of a text, for places where the whole of it has no room. Pure functions.

use std::borrow::Cow;

/// Returns the text if it has at most so many characters, or else its beginning and an ellipsis.
pub fn excerpt(text: &str, most: usize) -> Cow<'_, str> {
    let end = excerpt_end(text, most);
    if end == text.len() { Cow::Borrowed(text) } else { Cow::Owned(format!("{}…", text[..end].trim_end())) }
}

/// Returns where the beginning of a text ends, in bytes: the end of the text if it has at most so many characters, or else
/// the end of a word, or of a character where no word ends near.
pub fn excerpt_end(text: &str, most: usize) -> usize {
    let Some((limit, _)) = text.char_indices().nth(most) else {
        return text.len();
    };
    let beginning = &text[..limit];
    let least = limit - limit / 5;
    beginning.rfind(char::is_whitespace).filter(|end| *end >= least).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_long_ends_with_a_word_and_an_ellipsis() {
        assert_eq!(excerpt("Gates stay shut", 15), "Gates stay shut");
        assert_eq!(excerpt("Gates stay shut", 12), "Gates stay…");
        assert_eq!(excerpt("港は東京都の話", 3), "港は東…");
        assert_eq!(excerpt("", 0), "");
    }

    proptest! {
        #[test]
        fn it_is_never_longer_than_asked(text in "\\PC{0,60}", most in 0usize..40) {
            let shown = excerpt(&text, most);
            prop_assert!(shown.chars().count() <= most + 1);
            prop_assert!(text.starts_with(shown.trim_end_matches('…')) || text.ends_with('…'));
        }
    }
}
