//! Article to extraction: language, people, places, organizations, topics, keywords.
