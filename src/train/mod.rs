//! Corpora to models, and their evaluation. The product runs without this room.

pub mod gazetteer;
pub mod places;
