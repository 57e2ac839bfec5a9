//! What is asked: the query tree, its parser and the filters. Knows no engine.
