//! Bytes to text: byte order mark first, then UTF-8, then a declared encoding, then a guess from the bytes.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// Decodes bytes; what cannot be decoded becomes U+FFFD. `declared` is the label that the text itself names.
pub(super) fn decode<'a>(data: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(data) {
        return encoding.decode_without_bom_handling(&data[length..]).0;
    }
    if let Ok(text) = std::str::from_utf8(data) {
        return Cow::Borrowed(text);
    }
    let named = declared.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|it| *it != UTF_8);
    if named.is_none() && is_damaged_utf8(data) {
        return String::from_utf8_lossy(data);
    }
    let encoding = named.unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(data, true);
        detector.guess(None, Utf8Detection::Allow)
    });
    encoding.decode_without_bom_handling(data).0
}

/// Says whether the bytes are UTF-8 but for a few: one cut character must not turn every accent of a text into two signs.
fn is_damaged_utf8(data: &[u8]) -> bool {
    let (mut sound, mut broken) = (0usize, 0usize);
    for chunk in data.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // Sequences that happen to be UTF-8 are rare in other encodings.
    sound >= 2 * broken
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn old_encodings_are_guessed() {
        assert_eq!(decode(b"\xef\xbb\xbfabc", None), "abc");
        assert_eq!(
            decode(b"Die Stra\xdfe f\xfchrt nach M\xfcnchen, sagte die B\xfcrgermeisterin.", None),
            "Die Straße führt nach München, sagte die Bürgermeisterin."
        );
        assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")), "café");
    }

    #[test]
    fn one_broken_character_does_not_change_the_others() {
        assert_eq!(decode(b"Z\xc3\xbcrich, caf\xc3\xa9 \xff", None), "Zürich, café \u{fffd}");
    }
}
