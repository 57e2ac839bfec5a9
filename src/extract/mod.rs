//! Article to extraction: language, people, places, organizations, topics, keywords.
//!
//! Pure functions of one article and the models; knows nothing of files, indexes or other articles.

pub(crate) mod demonym;
pub(crate) mod document;
mod extraction;
mod extractor;
pub(crate) mod features;
mod foreign;
pub mod gazetteer;
pub mod keywords;
pub mod language;
pub(crate) mod lists;
pub mod model;
pub mod names;
pub mod place;
mod places;
mod possessive;
pub mod tagger;
pub mod thorough;
pub mod topics;
pub mod who;
pub(crate) mod word;

pub use extraction::{AssignedTopic, Entity, Extraction, Mention, PlaceEntity, RunnerUp, TextField};
pub use extractor::{Error, Extractor};
