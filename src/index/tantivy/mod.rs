//! The embedded engine, over tantivy. The only room that names tantivy.
