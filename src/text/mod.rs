//! Spans, tokens, sentences, folding: pure functions on `&str`; knows nothing of articles.

pub mod fold;
pub mod sentence;
pub mod terms;
pub mod token;
