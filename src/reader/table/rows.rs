//! Cuts a table into rows and cells (RFC 4180, and what is written in spite of it), each row with its line in the file.
//!
//! A quotation mark that is never closed must not take in the rows behind it: only its row up to its own line is given up, and
//! reading goes on with the next line. It counts as never closed, too, where what would close it stands before text: then a
//! later row has opened a cell of its own there. Knows nothing of articles.

use std::io::{self, BufRead, Read};

use crate::reader::{MAX_RECORD_BYTES, skip_line};

/// The most cells of one row.
pub(super) const MAX_CELLS: usize = 4_000;

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// Its cells, without the marks around them.
    pub(super) cells: Vec<Vec<u8>>,
    /// How many bytes it took.
    pub(super) bytes: u64,
}

/// A row that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRow {
    /// The line where it went wrong, from 1.
    pub(super) line: u64,
    /// Why, and what to do.
    pub(super) reason: String,
}

/// The rows of a stream; blank lines are passed over.
pub(super) struct Rows<R> {
    input: R,
    separator: u8,
    /// What was read from the row's beginning on; up to `start` it is done with.
    buffer: Vec<u8>,
    start: usize,
    /// The line that `start` is on.
    line: u64,
    /// Nothing more comes.
    ended: bool,
    /// Nothing more is given.
    done: bool,
}

/// Where a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the beginning of a cell.
    Begin,
    /// In a cell without marks, or one whose marks belong to its text.
    Plain,
    /// Between marks.
    Quoted,
    /// Behind a mark that closes the cell, or is the first of two that stand for one.
    Mark,
    /// Behind a closed cell, where blanks may follow.
    Closed,
}

/// A row on its way: how far it was looked at, and what was found.
struct Scan {
    place: Place,
    at: usize,
    line: u64,
    /// Where the cell begins.
    cell: usize,
    /// The line of the mark that opened the cell, and where the next line begins once that is known.
    opened: (u64, Option<usize>),
    /// Where each cell begins and ends, and whether it stands between marks.
    cells: Vec<(usize, usize, bool)>,
}

/// What a scan came to.
enum Found {
    /// The row ends here; the next begins there.
    End(usize),
    /// More must be read to tell.
    More,
    /// The mark that opened the cell is never closed.
    Unclosed,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(input: R, separator: u8) -> Self {
        Self { input, separator, buffer: Vec::new(), start: 0, line: 1, ended: false, done: false }
    }

    fn row(&mut self) -> Result<Option<Row>, BadRow> {
        let mut scan = Scan::new(self.line);
        loop {
            match scan.on(&self.buffer[self.start..], self.separator, self.ended) {
                Found::End(next) => return self.cut(&scan, next),
                Found::Unclosed => return Err(self.give_up_line(&scan, "is never closed")),
                Found::More if self.buffer.len() - self.start > MAX_RECORD_BYTES => return Err(self.too_long(&scan)),
                Found::More => self.read_line(scan.line)?,
            }
        }
    }

    /// Adds the next line to the buffer, or what there is of it within the bound.
    fn read_line(&mut self, line: u64) -> Result<(), BadRow> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let first = line == 1 && self.buffer.is_empty();
        let read = self.input.by_ref().take(MAX_RECORD_BYTES as u64 + 1).read_until(b'\n', &mut self.buffer);
        self.ended = read.map_err(|error| self.broken(line, &error))? == 0;
        if first && self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.buffer.drain(..3);
        }
        Ok(())
    }

    fn broken(&mut self, line: u64, error: &io::Error) -> BadRow {
        self.done = true;
        BadRow { line, reason: format!("the rest cannot be read: {error}") }
    }

    /// Takes the row out of the buffer; a blank line is none.
    fn cut(&mut self, scan: &Scan, next: usize) -> Result<Option<Row>, BadRow> {
        let line = std::mem::replace(&mut self.line, scan.line);
        let text = &self.buffer[self.start..];
        let cells = scan.cells.iter().map(|(start, end, quoted)| {
            let cell = &text[*start..*end];
            if *quoted { unquoted(cell) } else { cell.to_vec() }
        });
        let row = Row { line, cells: cells.collect(), bytes: next as u64 };
        self.start += next;
        if scan.cells.len() > MAX_CELLS {
            let reason = format!("the row has more than {MAX_CELLS} cells; is it separated by something else?");
            return Err(BadRow { line, reason });
        }
        let blank = matches!(scan.cells[..], [(start, end, false)] if start == end);
        Ok(Some(row).filter(|_| !blank))
    }

    /// Gives up the row to the end of the line whose mark opened the cell, and reads what stands behind it again.
    fn give_up_line(&mut self, scan: &Scan, what: &str) -> BadRow {
        let line = scan.opened.0;
        let row = if line == self.line { String::new() } else { format!(" (its row begins on line {})", self.line) };
        self.start = scan.opened.1.map_or(self.buffer.len(), |next| self.start + next);
        self.line = line + 1;
        let advice = "close it, or, if it belongs to the text, write `\"\"` for it and put the cell between marks";
        BadRow { line, reason: format!("the quotation mark that opens a cell on line {line}{row} {what}; {advice}") }
    }

    /// Gives up a row that is longer than any may be.
    fn too_long(&mut self, scan: &Scan) -> BadRow {
        let most = MAX_RECORD_BYTES >> 20;
        if scan.opened.1.is_some() && matches!(scan.place, Place::Quoted | Place::Mark) {
            return self.give_up_line(scan, &format!("is not closed within {most} MiB"));
        }
        let line = scan.line;
        self.buffer.clear();
        self.start = 0;
        self.line = line + 1;
        match skip_line(&mut self.input) {
            Ok(()) => BadRow { line, reason: format!("the row has more than {most} MiB") },
            Err(error) => self.broken(line, &error),
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            match self.row() {
                Ok(Some(row)) => return Some(Ok(row)),
                Ok(None) => self.done = self.ended && self.start == self.buffer.len(),
                Err(bad) => return Some(Err(bad)),
            }
        }
        None
    }
}

impl Scan {
    fn new(line: u64) -> Self {
        Self { place: Place::Begin, at: 0, line, cell: 0, opened: (line, None), cells: Vec::new() }
    }

    /// Goes on through the text of the row, as far as it was read.
    fn on(&mut self, text: &[u8], separator: u8, ended: bool) -> Found {
        while let Some(byte) = text.get(self.at).copied() {
            // Whether a line feed follows is not known before it is read.
            if byte == b'\r' && self.at + 1 == text.len() && !ended {
                return Found::More;
            }
            self.at += 1;
            let newline = byte == b'\n' || byte == b'\r' && text.get(self.at) != Some(&b'\n');
            self.line += u64::from(newline);
            if newline && self.place == Place::Quoted {
                self.opened.1.get_or_insert(self.at);
            }
            match self.place {
                Place::Quoted if byte == b'"' => self.place = Place::Mark,
                Place::Quoted => {}
                Place::Mark if byte == b'"' => self.place = Place::Quoted,
                _ if byte == separator => self.end_cell(self.at - 1),
                _ if byte == b'\r' && !newline => {}
                _ if newline => {
                    let crlf = byte == b'\n' && self.at >= 2 && text[self.at - 2] == b'\r' && self.at - 1 > self.cell;
                    self.end_cell(self.at - 1 - usize::from(crlf));
                    return Found::End(self.at);
                }
                Place::Begin if byte == b'"' => (self.place, self.opened) = (Place::Quoted, (self.line, None)),
                Place::Mark | Place::Closed if byte == b' ' => self.place = Place::Closed,
                Place::Mark | Place::Closed if self.opened.1.is_some() => return Found::Unclosed,
                _ => self.place = Place::Plain,
            }
        }
        match self.place {
            _ if !ended => Found::More,
            Place::Quoted => Found::Unclosed,
            _ => {
                self.end_cell(self.at);
                Found::End(self.at)
            }
        }
    }

    fn end_cell(&mut self, end: usize) {
        // One more than may be shows that there are too many.
        if self.cells.len() <= MAX_CELLS {
            self.cells.push((self.cell, end, matches!(self.place, Place::Mark | Place::Closed)));
        }
        (self.place, self.cell) = (Place::Begin, self.at);
    }
}

/// Returns what stands between the marks, two of them read as one.
fn unquoted(cell: &[u8]) -> Vec<u8> {
    let cell = cell.trim_ascii_end();
    let inner = cell.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(cell);
    let mut text = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        text.push(byte);
        if byte == b'"' {
            bytes.next_if_eq(&b'"');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use proptest::prelude::*;

    use super::*;

    /// Line and cells of a row, or the line of one that was given up.
    type Read = Result<(u64, Vec<String>), u64>;

    fn read(text: &str) -> Vec<Read> {
        // A small buffer, so that every border falls between two readings once.
        let rows = Rows::new(BufReader::with_capacity(3, Cursor::new(text.as_bytes())), b',');
        rows.map(|row| match row {
            Ok(row) => {
                Ok((row.line, row.cells.into_iter().map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect()))
            }
            Err(bad) => Err(bad.line),
        })
        .collect()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands among those that were given up")]
    fn row(line: u64, cells: &[&str]) -> Read {
        Ok((line, cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn rows_are_cut_as_they_are_written() {
        for (text, expected) in [
            ("a,b\nc,d", vec![row(1, &["a", "b"]), row(2, &["c", "d"])]),
            ("a,b\r\nc,\r\n", vec![row(1, &["a", "b"]), row(2, &["c", ""])]),
            ("a\rb\rc", vec![row(1, &["a"]), row(2, &["b"]), row(3, &["c"])]),
            ("\n\n\r\na\n\n", vec![row(4, &["a"])]),
            ("\"a,\"\"b\"\"\r\nc\" ,d\ne\n", vec![row(1, &["a,\"b\"\r\nc", "d"]), row(3, &["e"])]),
            ("\"\",\"\"\"\"\n", vec![row(1, &["", "\""])]),
            ("\"a\" b,c\"d\"\n", vec![row(1, &["\"a\" b", "c\"d\""])]),
            ("\u{feff}\"a\",b\n", vec![row(1, &["a", "b"])]),
            ("", vec![]),
            (",\n", vec![row(1, &["", ""])]),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn only_the_line_of_a_mark_that_is_never_closed_is_given_up() {
        for (text, expected) in [
            ("a,\"b\nc\nd", vec![Err(1), row(2, &["c"]), row(3, &["d"])]),
            ("\"a\nb\",\"c\nd\n", vec![Err(2), row(3, &["d"])]),
            ("a,\"b\nc,\"d\ne\"\n", vec![Err(1), row(2, &["c", "d\ne"])]),
            ("a,\"", vec![Err(1)]),
            ("a,\"\"\"\nb\n", vec![Err(1), row(2, &["b"])]),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn marks_without_end_cost_no_time_without_end() {
        // What follows a mark is read again, up to the next one: never to the end of the file for each.
        for (line, rows) in
            [("\"a,b\"c,\"d\n", 100_000), ("a,\"\"\"b\n", 100_000), ("x\",\"y\n", 1), ("a,\"b\n", 100_000)]
        {
            let found = read(&line.repeat(100_000));
            assert!(found.len() == rows && found.iter().all(Result::is_err), "{line:?}: {}", found.len());
        }
    }

    #[test]
    fn a_row_of_too_many_cells_is_given_up() {
        let commas = ",".repeat(5_000_000);
        assert_eq!(read(&format!("a\n{commas}\nb\n")), [row(1, &["a"]), Err(2), row(3, &["b"])]);
    }

    #[test]
    fn a_row_longer_than_any_may_be_is_given_up() {
        let long = "word ".repeat(14 << 20);
        assert_eq!(read(&format!("a\n{long}\nb\n")), [row(1, &["a"]), Err(2), row(3, &["b"])]);
        let found = read(&format!("a\n\"b\n{long}\nc\n"));
        assert_eq!(found, [row(1, &["a"]), Err(2), Err(3), row(4, &["c"])]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(
            proptest::collection::vec("[a-c\",;\r\n \u{e9}]{0,6}", 2..4), 1..5)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for cells in &rows {
                writer.write_record(cells).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let found: Vec<Vec<String>> = read(&text).into_iter().map(|row| row.unwrap().1).collect();
            prop_assert_eq!(found, rows);
        }

        #[test]
        fn every_line_is_told_of(text in "[a\",\r\n]{0,60}") {
            let lines = text.replace("\r\n", "\n").replace('\r', "\n");
            let filled = lines.split('\n').filter(|line| !line.is_empty()).count();
            let found = read(&text);
            prop_assert!(found.is_empty() == (filled == 0));
            prop_assert!(found.len() <= filled);
        }
    }
}
