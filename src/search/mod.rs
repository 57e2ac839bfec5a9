//! Request to results: facets, histogram, snippets, paging.

pub mod answer;

pub use answer::Answer;
