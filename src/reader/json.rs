//! JSON Lines, a JSON array read element by element, or one JSON object.

use std::{
    fmt,
    io::{BufRead, Read},
    ops::ControlFlow,
};

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

use super::{Each, Item, MAX_RECORD_BYTES, encoding::decode, fields, rejected};

/// Reads one object per line. Lines end at `\n` only: U+2028 may stand in a text.
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
            if skip_line(&mut input).is_err() {
                break;
            }
            continue;
        }
        let trimmed = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if !trimmed.is_empty() {
            each(one(file, number, trimmed))?;
        }
    }
    ControlFlow::Continue(())
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let length = buffer.len();
        let end = buffer.iter().position(|byte| *byte == b'\n');
        input.consume(end.map_or(length, |end| end + 1));
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

/// Reads one object; nesting is bounded by the parser (128).
fn one(file: &str, number: u64, data: &[u8]) -> Item {
    let parsed = match std::str::from_utf8(data) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_str(&decode(data, None)),
    };
    match parsed {
        Ok(Value::Object(object)) => fields::item(file, number, object, data.len() as u64),
        Ok(_) => rejected(file, number, "this is JSON, but no object; expected {\"title\": …, \"body\": …}"),
        Err(error) => rejected(file, number, format!("this is no JSON: {error}")),
    }
}

/// Reads an array of objects, or one object.
pub(super) fn document(file: &str, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let text = decode(data, None);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('[') {
        return each(one(file, 1, text.trim_end().as_bytes()));
    }
    let mut array = Array { file, number: 0, flow: ControlFlow::Continue(()), each };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let result = (&mut array).deserialize(&mut deserializer);
    let (number, flow) = (array.number, array.flow);
    match (flow, result) {
        (ControlFlow::Break(()), _) => flow,
        (_, Ok(())) => ControlFlow::Continue(()),
        (_, Err(error)) => each(rejected(file, number + 1, format!("the array cannot be read on: {error}"))),
    }
}

/// Hands each element on as it is read, so that an array is never held whole.
struct Array<'a, 'b> {
    file: &'a str,
    number: u64,
    flow: ControlFlow<()>,
    each: &'a mut Each<'b>,
}

impl<'de> DeserializeSeed<'de> for &mut Array<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Array<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an array of articles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<Value>()? {
            self.number += 1;
            let item = match element {
                Value::Object(object) => {
                    let bytes = object.values().map(|value| value.as_str().map_or(8, str::len) as u64).sum();
                    fields::item(self.file, self.number, object, bytes)
                }
                _ => rejected(self.file, self.number, "this element is no object"),
            };
            self.flow = (self.each)(item);
            if self.flow.is_break() {
                return Err(serde::de::Error::custom("no more wanted"));
            }
        }
        Ok(())
    }
}
