//! Bytes to text: byte order mark first, then UTF-8, then a declared encoding, then a guess from the bytes.
//!
//! A whole text is decoded at once by [`decode`]; what is read piece by piece goes through [`decoding`].

use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Decodes bytes; what cannot be decoded becomes U+FFFD. `declared` is the label that the text itself names.
pub(super) fn decode<'a>(data: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(data) {
        return encoding.decode_without_bom_handling(&data[length..]).0;
    }
    let encoding = wide(data).or_else(|| match std::str::from_utf8(data) {
        Ok(_) => Some(UTF_8),
        Err(_) => declared.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|it| *it != UTF_8),
    });
    match encoding {
        Some(encoding) => encoding.decode_without_bom_handling(data).0,
        None if is_damaged_utf8(data) => String::from_utf8_lossy(data),
        None => guess(data).decode_without_bom_handling(data).0,
    }
}

/// Returns the encoding that a stream begins in; `None` if that is UTF-8, or nothing else for certain.
pub(super) fn of_head(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding).filter(|it| *it != UTF_8);
    }
    if let Some(encoding) = wide(head) {
        return Some(encoding);
    }
    // The head may end within a character.
    let sound = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
    if sound || is_damaged_utf8(head) { None } else { Some(guess(head)) }
}

/// Returns the stream as UTF-8.
pub(super) fn decoding<'a>(input: impl BufRead + 'a, from: Option<&'static Encoding>) -> Box<dyn BufRead + 'a> {
    match from {
        None => Box::new(input),
        Some(encoding) => Box::new(Decoding {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            text: String::new(),
            at: 0,
            ended: false,
        }),
    }
}

/// A stream in another encoding.
struct Decoding<R> {
    input: R,
    decoder: Decoder,
    /// Decoded, of which the bytes before `at` are taken.
    text: String,
    at: usize,
    ended: bool,
}

impl<R: BufRead> BufRead for Decoding<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.text.len() && !self.ended {
            let chunk = self.input.fill_buf()?;
            self.ended = chunk.is_empty();
            self.at = 0;
            self.text.clear();
            let room = self.decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(chunk.len());
            self.text.reserve(room);
            let (_, taken, _) = self.decoder.decode_to_string(chunk, &mut self.text, self.ended);
            self.input.consume(taken);
        }
        Ok(&self.text.as_bytes()[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.text.len());
    }
}

impl<R: BufRead> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let taken = ready.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&ready[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

fn guess(data: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(data, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// Recognises UTF-16 without a byte order mark by its spaces, line ends and quotation marks, which have a zero beside them.
///
/// Text in Latin letters has a zero in every second byte. Other scripts have few; there the bytes must be no UTF-8 and
/// make sound text.
fn wide(data: &[u8]) -> Option<&'static Encoding> {
    let data = &data[..data.len().min(1 << 16) & !1];
    let (mut little, mut big) = (0, 0);
    for pair in data.chunks_exact(2) {
        // The zero of 一 and of the wide space stands on the other side, and no such sign stands beside it.
        let sign = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' ' | b'"' | b',' | b'.' | b':' | b'<' | b'{');
        little += usize::from(pair[1] == 0 && sign(pair[0]));
        big += usize::from(pair[0] == 0 && sign(pair[1]));
    }
    let (encoding, side) = match (little > 4 * big, big > 4 * little) {
        (true, false) => (UTF_16LE, 1),
        (false, true) => (UTF_16BE, 0),
        _ => return None,
    };
    let zeros = data.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let control =
        data.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace() && **byte != 0).count();
    let plain = std::str::from_utf8(data).is_ok() && control * 20 <= data.len();
    let sound = || {
        let text = encoding.decode_without_bom_handling(data).0;
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        letters * 2 > text.chars().count() && !text.contains('\u{fffd}')
    };
    (zeros * 5 > data.len() || !plain && sound()).then_some(encoding)
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
    fn a_text_comes_back_from_every_encoding() {
        use encoding_rs::{GB18030, KOI8_R, SHIFT_JIS, WINDOWS_1252};
        let russian = "Забастовка в порту закончилась: грузчики вернулись к работе в понедельник утром.";
        let japanese = "港湾のストライキは月曜日に終わり、作業員は仕事に戻った。ソ連と表の十字。";
        let chinese = "港口罢工于星期一结束，码头工人返回工作岗位。工会表示满意。";
        let french = "La grève du port s’est achevée : les dockers ont repris le travail à l’été.";
        for (text, encoding) in [(russian, KOI8_R), (japanese, SHIFT_JIS), (chinese, GB18030), (french, WINDOWS_1252)] {
            let data = encoding.encode(text).0;
            assert_eq!(decode(&data, None), text, "{}", encoding.name());
        }
        for text in [russian, japanese, chinese, french] {
            let (little, big): (Vec<u8>, Vec<u8>) = (
                text.encode_utf16().chain([10]).flat_map(u16::to_le_bytes).collect(),
                text.encode_utf16().chain([10]).flat_map(u16::to_be_bytes).collect(),
            );
            assert_eq!(decode(&little, None).trim_end(), text);
            assert_eq!(decode(&big, None).trim_end(), text);
        }
    }

    #[test]
    fn one_broken_character_does_not_change_the_others() {
        assert_eq!(decode(b"Z\xc3\xbcrich, caf\xc3\xa9 \xff", None), "Zürich, café \u{fffd}");
    }
}
