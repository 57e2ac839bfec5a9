//! Article to extraction: language, people, places, organizations, topics, keywords.

pub mod gazetteer;
pub mod place;
