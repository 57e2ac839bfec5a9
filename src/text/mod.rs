//! Spans, tokens, sentences, folding, patterns: pure functions on `&str`; knows nothing of articles.

pub mod excerpt;
pub mod fold;
pub mod pattern;
pub mod sentence;
pub mod terms;
pub mod token;
