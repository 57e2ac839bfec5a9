//! The contract of an engine, and the engines.
