//! Bytes to text: byte order mark first, then UTF-8, then a declared encoding, then a guess from the bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// Decodes bytes; what cannot be decoded becomes U+FFFD. `declared` is the label that the text itself names.
pub(super) fn decode(data: &[u8], declared: Option<&str>) -> String {
    if let Some((encoding, length)) = Encoding::for_bom(data) {
        return encoding.decode_without_bom_handling(&data[length..]).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(data) {
        return text.to_owned();
    }
    let named = declared.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|it| *it != UTF_8);
    let encoding = named.unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(data, true);
        detector.guess(None, Utf8Detection::Allow)
    });
    encoding.decode_without_bom_handling(data).0.into_owned()
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
}
