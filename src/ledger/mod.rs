//! What must outlive an index: runs, rejected items and keys, in SQLite.
