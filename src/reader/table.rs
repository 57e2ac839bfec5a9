//! Separated values with a header whose names are understood as those of a JSON object are.

use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::{Each, MAX_RECORD_BYTES, encoding::decode, fields, rejected};

pub(super) fn read(file: &str, data: &[u8], separator: u8, each: &mut Each) -> ControlFlow<()> {
    let text = decode(data, None);
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return each(rejected(file, 1, format!("the header cannot be read: {error}"))),
    };
    if !header.iter().any(fields::names_text) {
        let names: String = header.iter().collect::<Vec<_>>().join(", ").chars().take(80).collect();
        return each(rejected(file, 1, format!("no column is a title or a body; the header has `{names}`")));
    }
    for (number, record) in reader.records().enumerate() {
        let row = number as u64 + 1;
        match record {
            Ok(record) if record.as_slice().len() > MAX_RECORD_BYTES => {
                each(rejected(file, row, "the record is too long"))?;
            }
            Ok(record) => {
                let mut object = Map::new();
                for (name, value) in header.iter().zip(record.iter()) {
                    if !value.trim().is_empty() {
                        object.insert(name.trim().to_owned(), Value::String(value.to_owned()));
                    }
                }
                each(fields::item(file, row, object, record.as_slice().len() as u64))?;
            }
            Err(error) => each(rejected(file, row, format!("the record cannot be read: {error}")))?,
        }
    }
    ControlFlow::Continue(())
}
