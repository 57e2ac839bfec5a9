//! Separated values with a header whose names are understood as those of a JSON object are; read row by row.
//!
//! Knows what a column may be called, not how cells are written: that is for [`rows`].

mod rows;

use std::{io::BufRead, ops::ControlFlow};

use serde_json::Value;

use super::{Each, encoding::decode, fields, rejected};
use rows::{Row, Rows};

/// The most columns; a wider header is no header.
const MAX_COLUMNS: usize = 2_000;

/// Reads a table; each row is named by the line of the file that it begins on.
pub(super) fn read(file: &str, input: impl BufRead, separator: u8, each: &mut Each) -> ControlFlow<()> {
    let mut rows = Rows::new(input, separator);
    let header: Vec<String> = match rows.next() {
        None => Vec::new(),
        Some(Ok(row)) => row.cells.iter().map(|name| decode(name, None).trim().to_owned()).collect(),
        Some(Err(bad)) => {
            return each(rejected(file, bad.line, format!("the header cannot be read: {}", bad.reason)));
        }
    };
    if header.len() > MAX_COLUMNS {
        let reason = format!("the header has {} columns; expected at most {MAX_COLUMNS}", header.len());
        return each(rejected(file, 1, reason));
    }
    if !header.iter().any(|name| fields::names_text(name)) {
        let names: String = header.join(", ").chars().take(80).collect();
        return each(rejected(file, 1, format!("no column is a title or a body; the header has `{names}`")));
    }
    for row in rows {
        each(match row {
            Ok(row) => fields::item((file, row.line), cells(&header, &row), row.bytes),
            Err(bad) => rejected(file, bad.line, bad.reason),
        })?;
    }
    ControlFlow::Continue(())
}

/// Returns the cells under the names of their columns; what stands beyond the header is kept, too.
fn cells(header: &[String], row: &Row) -> Vec<(String, Value)> {
    let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.trim_ascii().is_empty());
    let named = |(column, cell): (usize, &Vec<u8>)| {
        let name = header.get(column).filter(|name| !name.is_empty());
        let name = name.cloned().unwrap_or_else(|| format!("column_{}", column + 1));
        (name, Value::String(decode(cell, None).into_owned()))
    };
    filled.map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::outcome;

    fn titles(data: &str) -> (Vec<String>, Vec<String>) {
        let (articles, reasons) = outcome("a.csv", data.as_bytes());
        (articles.into_iter().map(|it| it.title).collect(), reasons)
    }

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
            ("a.csv", format!("title{}\nA\n", ",x".repeat(3_000)), "has 3001 columns"),
            ("a.tsv", "title,body\nA,B\n".to_owned(), "the header has `title,body`"),
            ("a.csv", format!("title{}\nA\n", ",x".repeat(10_000)), "more than 4000 cells"),
            ("a.csv", "title,\"body\nA,One\n".to_owned(), "the header cannot be read"),
        ] {
            let (articles, reasons) = outcome(name, data.as_bytes());
            assert!(articles.is_empty() && reasons.len() == 1 && reasons[0].contains(said), "{said}: {reasons:?}");
        }
    }

    #[test]
    fn a_stray_quotation_mark_costs_its_own_line_and_no_other() {
        let (titles, reasons) = titles("title,body\nA,One\nB,\"Two\nC,Three\nD,Four\n");
        assert_eq!(titles, ["A", "C", "D"]);
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        assert!(reasons[0].starts_with("3: ") && reasons[0].contains("never closed"), "{reasons:?}");
    }

    #[test]
    fn a_stray_quotation_mark_does_not_pair_with_that_of_a_later_row() {
        let (titles, reasons) = titles("title,body\nA,\"One\nB,Two\nC,\"Three, four\"\n\"D\",Five\n");
        assert_eq!(titles, ["B", "C", "D"]);
        assert!(reasons.len() == 1 && reasons[0].starts_with("2: "), "{reasons:?}");
    }

    #[test]
    fn what_is_rejected_is_named_by_its_line_in_the_file() {
        let (titles, reasons) = titles("title,body,note\nA,\"One\ntwo\nthree\",\n\n,,nothing\nB,Four,\n");
        assert_eq!(titles, ["A", "B"]);
        assert!(reasons.len() == 1 && reasons[0].starts_with("6: "), "{reasons:?}");
    }
}
