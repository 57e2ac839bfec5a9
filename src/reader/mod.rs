//! Bytes to articles: one file per format, picked by content first and extension second.
