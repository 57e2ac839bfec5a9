//! JSON Lines, a JSON array read element by element, or one JSON object.

use std::{
    fmt,
    io::{BufRead, Read},
    ops::ControlFlow,
};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{Each, MAX_RECORD_BYTES, encoding::decode, fields, ninjs, rejected, skip_line};

/// Reads one object per line, or several beside one another. Lines end at `\n` only: U+2028 may stand in a text.
pub(super) fn lines(file: &str, mut input: impl BufRead, each: &mut Each) -> ControlFlow<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        match input.by_ref().take(MAX_RECORD_BYTES as u64 + 1).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => return each(rejected(file, number, format!("the file cannot be read to its end: {error}"))),
        }
        if line.len() > MAX_RECORD_BYTES {
            each(rejected(file, number, format!("the line has more than {} MiB", MAX_RECORD_BYTES >> 20)))?;
            if let Err(error) = skip_line(&mut input) {
                return each(rejected(file, number, format!("the file cannot be read to its end: {error}")));
            }
            continue;
        }
        let trimmed = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if !trimmed.is_empty() {
            objects(file, number, trimmed, each)?;
        }
    }
    ControlFlow::Continue(())
}

/// Reads the object of a line, or several one after the other; nesting is bounded by the parser (128).
fn objects(file: &str, number: u64, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let text = decode(data, None);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter();
    let mut begin = 0;
    while let Some(value) = values.next() {
        let end = values.byte_offset();
        each(match value {
            Ok(Fields(Some(object))) if ninjs::is(&object) => ninjs::item((file, number), object, (end - begin) as u64),
            Ok(Fields(Some(object))) => fields::item((file, number), object, (end - begin) as u64),
            Ok(Fields(None)) => {
                rejected(file, number, "this is JSON, but no object; expected {\"title\": …, \"body\": …}")
            }
            Err(error) => rejected(file, number, format!("this is no JSON: {}", placed(&error))),
        })?;
        begin = end;
    }
    ControlFlow::Continue(())
}

/// The fields of an object as they are written, one of the same name twice where it is; nothing if it is no object.
struct Fields(Option<Vec<(String, Value)>>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(Some(fields)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Fields, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Fields(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Fields, E> {
        Ok(Fields(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Fields, E> {
        Ok(Fields(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Fields, E> {
        Ok(Fields(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Fields, E> {
        Ok(Fields(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Fields, E> {
        Ok(Fields(None))
    }

    fn visit_unit<E>(self) -> Result<Fields, E> {
        Ok(Fields(None))
    }
}

/// Says what is wrong and where; a line number inside a single line would only mislead.
fn placed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.strip_suffix(&format!(" at line 1 column {}", error.column())) {
        Some(what) => format!("{what} at column {}", error.column()),
        None => text,
    }
}

/// Reads arrays of objects, or objects one after the other, however they are laid out.
///
/// Elements are cut out of the stream and parsed each alone: nothing is held whole, and a bad one spoils no other.
pub(super) fn stream(file: &str, mut input: impl BufRead, each: &mut Each) -> ControlFlow<()> {
    let mut cut = Cut::default();
    let mut number = 0;
    loop {
        let chunk = match input.fill_buf() {
            Ok([]) => break,
            Ok(chunk) => chunk,
            Err(error) => {
                return each(rejected(file, number + 1, format!("the file cannot be read to its end: {error}")));
            }
        };
        let (used, whole) = cut.feed(chunk);
        input.consume(used);
        if whole {
            number += 1;
            cut.give((file, number), each)?;
        }
    }
    if cut.begun {
        number += 1;
        cut.give((file, number), each)?;
    }
    if cut.in_array {
        return each(rejected(file, number + 1, "the array is not closed; the file may have been cut off"));
    }
    ControlFlow::Continue(())
}

/// Cuts elements out of a stream of JSON.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "the state of a scanner, each independent of the others")]
struct Cut {
    /// The element so far; what is over the bound is not kept.
    element: Vec<u8>,
    /// Whether an element has begun.
    begun: bool,
    too_long: bool,
    in_array: bool,
    in_string: bool,
    escaped: bool,
    depth: usize,
}

impl Cut {
    /// Takes bytes up to the end of the next element; says how many, and whether the element is whole.
    fn feed(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        if !self.begun {
            let Some(start) = chunk.iter().position(|byte| self.begins(*byte)) else { return (chunk.len(), false) };
            self.begun = true;
            at = start;
        }
        let start = at;
        let mut whole = false;
        while at < chunk.len() && !whole {
            match self.step(chunk[at]) {
                Step::On => at += 1,
                Step::Last => {
                    at += 1;
                    whole = true;
                }
                Step::Behind => whole = true,
            }
        }
        if self.element.len() + at - start > MAX_RECORD_BYTES {
            self.too_long = true;
        } else if !self.too_long {
            self.element.extend_from_slice(&chunk[start..at]);
        }
        (at, whole)
    }

    /// Says whether an element begins with this byte; sees to what stands between elements.
    fn begins(&mut self, byte: u8) -> bool {
        match byte {
            b'[' if !self.in_array => self.in_array = true,
            b']' => self.in_array = false,
            b',' | 0xef | 0xbb | 0xbf => {}
            _ => return !byte.is_ascii_whitespace(),
        }
        false
    }

    fn step(&mut self, byte: u8) -> Step {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return Step::On;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                if self.depth == 0 {
                    return Step::Last;
                }
            }
            b',' | b']' | b'\n' if self.depth == 0 => return Step::Behind,
            _ => {}
        }
        Step::On
    }

    /// Gives the element and makes ready for the next.
    fn give(&mut self, (file, number): (&str, u64), each: &mut Each) -> ControlFlow<()> {
        let cut = std::mem::take(self);
        self.in_array = cut.in_array;
        if cut.too_long {
            return each(rejected(file, number, format!("the element has more than {} MiB", MAX_RECORD_BYTES >> 20)));
        }
        objects(file, number, cut.element.trim_ascii(), each)
    }
}

/// Where a byte stands in its element.
enum Step {
    /// In it.
    On,
    /// It is the last.
    Last,
    /// The element ended before it.
    Behind,
}

#[cfg(test)]
mod tests {
    use super::super::tests::outcome;

    #[test]
    fn a_bad_element_spoils_no_other() {
        let array = r#"[{"title":"A"}, {"title":"\ud800"}, 7, "x", {"title":"B [{"},[[1]],{"title":"C"}]"#;
        let (articles, reasons) = outcome("x.json", array.as_bytes());
        let titles: Vec<&str> = articles.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, ["A", "B [{", "C"]);
        let numbers: Vec<&str> = reasons.iter().map(|it| &it[..1]).collect();
        assert_eq!(numbers, ["2", "3", "4", "6"], "{reasons:?}");
    }

    #[test]
    fn a_field_said_twice_is_kept_twice() {
        let (articles, _) = outcome("x.jsonl", br#"{"title":"First","title":"Last","body":"T","body":"T"}"#);
        assert_eq!((articles[0].title.as_str(), articles[0].body.as_str()), ("Last", "T"));
        assert_eq!(serde_json::to_string(&articles[0].extra).unwrap(), r#"{"title":"First"}"#);
    }

    #[test]
    fn objects_may_stand_beside_one_another() {
        let line = "{\"title\":\"A\"}{\"title\":\"B\"} {\"title\":\"C\"}\n{\"title\":\"D\"} oops\n{\"title\":\"E\"}\n";
        for name in ["x.json", "x.jsonl", "-"] {
            let (articles, reasons) = outcome(name, line.as_bytes());
            let titles: Vec<&str> = articles.iter().map(|it| it.title.as_str()).collect();
            assert_eq!(titles, ["A", "B", "C", "D", "E"], "{name}");
            assert!(reasons.len() == 1 && reasons[0].starts_with("2: this is no JSON"), "{name}: {reasons:?}");
        }
    }

    #[test]
    fn objects_may_be_laid_out_over_lines() {
        let objects = "{\n \"title\": \"A\"\n}\n{\n \"title\": \"B\"\n}\n";
        for name in ["x.json", "x.jsonl", "-"] {
            let (articles, reasons) = outcome(name, objects.as_bytes());
            assert_eq!((articles.len(), reasons.len()), (2, 0), "{name}: {reasons:?}");
        }
    }

    #[test]
    fn a_cut_array_says_so_and_keeps_what_it_had() {
        let (articles, reasons) = outcome("x.json", b"[{\"title\":\"A\"},{\"title\":\"B");
        assert_eq!((articles.len(), reasons.len()), (1, 2), "{reasons:?}");
        assert_eq!(outcome("x.json", b"[]"), (Vec::new(), Vec::new()));
    }

    #[test]
    fn depth_is_rejected_not_followed() {
        for shape in [format!("[{}", "[".repeat(100_000)), format!("[{{\"title\":{}", "[".repeat(100_000))] {
            let (articles, reasons) = outcome("x.json", shape.as_bytes());
            assert!(articles.is_empty() && !reasons.is_empty());
        }
        let closed = format!("[{}{},{{\"title\":\"A\"}}]", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(outcome("x.json", closed.as_bytes()).0.len(), 1);
    }

    #[test]
    fn a_record_of_fifty_megabytes_is_read_and_a_longer_one_rejected() {
        let of = |size: usize| format!("{{\"title\":\"A\",\"body\":\"{}\"}}", "word ".repeat(size / 5));
        for name in ["x.jsonl", "x.json"] {
            let data = format!("{}\n{}\n{{\"title\":\"B\"}}\n", of(50 << 20), of(65 << 20));
            let (articles, reasons) = outcome(name, data.as_bytes());
            assert_eq!((articles.len(), reasons.len()), (2, 1), "{reasons:?}");
        }
    }
}
