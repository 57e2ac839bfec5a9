//! Separated values with a header whose names are understood as those of a JSON object are; read row by row.

use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    ops::ControlFlow,
    rc::Rc,
};

use csv::ByteRecord;
use serde_json::Value;

use super::{Each, MAX_RECORD_BYTES, encoding::decode, fields, rejected};

/// The most columns; a wider header is no header.
const MAX_COLUMNS: usize = 2_000;

pub(super) fn read(file: &str, input: impl BufRead, separator: u8, each: &mut Each) -> ControlFlow<()> {
    let left = Rc::new(Cell::new(MAX_RECORD_BYTES));
    let guarded = Guarded { input, left: Rc::clone(&left) };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(guarded);
    let header: Vec<String> = match reader.byte_headers() {
        Ok(header) => header.iter().map(|name| decode(name, None).trim().to_owned()).collect(),
        Err(error) => return each(rejected(file, 1, format!("the header cannot be read: {error}"))),
    };
    if header.len() > MAX_COLUMNS {
        let reason = format!("the header has {} columns; expected at most {MAX_COLUMNS}", header.len());
        return each(rejected(file, 1, reason));
    }
    if !header.iter().any(|name| fields::names_text(name)) {
        let names: String = header.join(", ").chars().take(80).collect();
        return each(rejected(file, 1, format!("no column is a title or a body; the header has `{names}`")));
    }
    let mut record = ByteRecord::new();
    for row in 1.. {
        left.set(MAX_RECORD_BYTES);
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let bytes = record.as_slice().len() as u64;
                each(fields::item((file, row), cells(&header, &record), bytes))?;
            }
            // Where the next record begins can no longer be told.
            Err(error) => return each(rejected(file, row, format!("the rest cannot be read: {error}"))),
        }
    }
    ControlFlow::Continue(())
}

/// Returns the cells under the names of their columns; what stands beyond the header is kept, too.
fn cells(header: &[String], record: &ByteRecord) -> Vec<(String, Value)> {
    let filled = record.iter().enumerate().filter(|(_, cell)| !cell.trim_ascii().is_empty());
    let named = filled.map(|(column, cell)| {
        let name = header.get(column).filter(|name| !name.is_empty());
        let name = name.cloned().unwrap_or_else(|| format!("column_{}", column + 1));
        (name, Value::String(decode(cell, None).into_owned()))
    });
    named.take(2 * MAX_COLUMNS).collect()
}

/// Bounds how much one record may take in: a quotation mark that is never closed would take in the rest of the file.
struct Guarded<R> {
    input: R,
    left: Rc<Cell<usize>>,
}

impl<R: BufRead> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            let most = MAX_RECORD_BYTES >> 20;
            return Err(io::Error::other(format!("a record has more than {most} MiB; is a quotation mark missing?")));
        }
        let read = self.input.read(buffer)?;
        self.left.set(left.saturating_sub(read));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outcome;

    #[test]
    fn no_cell_is_lost() {
        let rows = "title,body,note,note,\nA,One,x,y,z,beyond\nB\n\n\"C\n\"\"c\"\"\",\"Two\nlines\",,\n";
        let (articles, reasons) = outcome("a.csv", rows.as_bytes());
        assert_eq!((articles.len(), reasons.len()), (3, 0), "{reasons:?}");
        let extra = serde_json::to_string(&articles[0].extra).unwrap();
        for kept in ["x", "y", "z", "beyond"] {
            assert!(extra.contains(&format!("\"{kept}\"")), "{extra}");
        }
        assert_eq!((articles[1].title.as_str(), articles[2].title.as_str()), ("B", "C \"c\""));
        assert_eq!(articles[2].body, "Two\nlines");
    }

    #[test]
    fn what_is_no_table_of_articles_says_why() {
        for (name, data, said) in [
            ("a.csv", "1,2,3\n4,5,6\n".to_owned(), "no column is a title or a body"),
            ("a.csv", format!("title{}\nA\n", ",x".repeat(10_000)), "has 10001 columns"),
            ("a.tsv", "title,body\nA,B\n".to_owned(), "the header has `title,body`"),
        ] {
            let (articles, reasons) = outcome(name, data.as_bytes());
            assert!(articles.is_empty() && reasons.len() == 1 && reasons[0].contains(said), "{said}: {reasons:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_bounded() {
        let data = format!("title,body\nA,One\nB,\"{}", "word ".repeat(14 << 20));
        let (articles, reasons) = outcome("a.csv", data.as_bytes());
        assert_eq!((articles.len(), reasons.len()), (1, 1));
        assert!(reasons[0].starts_with("2: ") && reasons[0].contains("quotation mark"), "{reasons:?}");
    }
}
