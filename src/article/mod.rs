//! What an article is: its id, texts, dates with their precision, language and provenance.
