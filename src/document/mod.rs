//! Article and extraction joined into a document, and the one list of fields.
