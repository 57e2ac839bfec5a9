//! Article to extraction: language, people, places, organizations, topics, keywords.

mod extraction;

pub use extraction::{AssignedTopic, Entity, Extraction, Mention, PlaceEntity, TextField};
