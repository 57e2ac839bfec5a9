//! What is asked: the query tree, the search request with its filters, and the parser of the query language.
//!
//! Engine-neutral: an engine turns a [`SearchRequest`] into whatever it runs. Knows no engine and no HTTP.

pub mod forms;
mod leaf;
mod lexer;
mod notices;
pub mod parser;
pub mod request;
pub mod tree;
mod understood;

pub use parser::{Parsed, parse};
pub use request::{Cursor, DayRange, FacetRequest, Filter, Interval, SearchRequest, Sort, Undated};
pub use tree::{Node, Scope};
pub use understood::understood;
