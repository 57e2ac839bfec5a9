//! Spans, tokens, sentences, folding: pure functions on `&str`; knows nothing of articles.

pub mod fold;
pub mod terms;
