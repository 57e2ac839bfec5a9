//! The one integration binary: everything through the public library or the program itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod archive;
mod authority;
mod browser;
mod census;
mod hard_cases;
mod hostile;
mod ingestion;
mod keeping;
mod layers;
mod names;
mod program;
mod served;
mod serving;
