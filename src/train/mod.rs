//! Corpora to models, and their evaluation. The product runs without this room.
