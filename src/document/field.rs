//! The list of fields: names, kinds, and what may be done with each. Engines derive their schema from it.

use serde::{Deserialize, Serialize};

/// A facet of the archive: a field whose values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    /// Who.
    People,
    /// Where.
    Places,
    /// Which organizations.
    Organizations,
    /// What about.
    Topics,
    /// Published by.
    Sources,
    /// In which section.
    Sections,
    /// Written by.
    Authors,
    /// In which language (ISO 639-1).
    Languages,
    /// In which countries its places lie (ISO 3166-1 alpha-2).
    Countries,
    /// In which year it was published.
    Years,
}

impl Facet {
    /// All facets, in the order in which pages show them.
    pub const ALL: [Self; 10] = [
        Self::People,
        Self::Places,
        Self::Organizations,
        Self::Topics,
        Self::Sources,
        Self::Sections,
        Self::Authors,
        Self::Languages,
        Self::Countries,
        Self::Years,
    ];

    /// Returns the name in the API and in the index, such as `people`.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Places => "places",
            Self::Organizations => "organizations",
            Self::Topics => "topics",
            Self::Sources => "sources",
            Self::Sections => "sections",
            Self::Authors => "authors",
            Self::Languages => "languages",
            Self::Countries => "countries",
            Self::Years => "years",
        }
    }

    /// Returns the name of the filter parameter, such as `person`; years are filtered by `from` and `to`.
    pub fn parameter(self) -> Option<&'static str> {
        Some(match self {
            Self::People => "person",
            Self::Places => "place",
            Self::Organizations => "organization",
            Self::Topics => "topic",
            Self::Sources => "source",
            Self::Sections => "section",
            Self::Authors => "author",
            Self::Languages => "language",
            Self::Countries => "country",
            Self::Years => return None,
        })
    }

    /// Returns the facet of that name, in the plural of the API or the singular of the parameters.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.name() == name || facet.parameter() == Some(name))
    }

    /// Says whether an article has at most one value of it. Such a facet's counts ignore its own filter, and
    /// several of its values are alternatives.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Sources | Self::Sections | Self::Languages | Self::Years)
    }
}

/// What kind of thing a field holds, and so how it is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One exact value, looked up as a whole.
    Key,
    /// Running text: words with positions, exact and inflected forms.
    Text,
    /// Values that are counted, looked up whole (folded) and by their words.
    Facet(Facet),
    /// A whole number that is sorted and ranged over (days since 0001-01-01, or seconds).
    Number,
    /// Kept, not searched: the document itself.
    Stored,
}

/// One field of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in every engine.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
}

const fn field(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind }
}

/// Every field there is.
///
/// `first_day` and `last_day` are the interval of the publication date, `published` its sort key
/// ([`crate::article::Date`]); an undated article has none of the three.
pub const FIELDS: [Field; 20] = [
    field("id", FieldKind::Key),
    field("fingerprint", FieldKind::Key),
    field("content_hash", FieldKind::Key),
    field("story", FieldKind::Key),
    field("title", FieldKind::Text),
    field("body", FieldKind::Text),
    field("people", FieldKind::Facet(Facet::People)),
    field("places", FieldKind::Facet(Facet::Places)),
    field("organizations", FieldKind::Facet(Facet::Organizations)),
    field("topics", FieldKind::Facet(Facet::Topics)),
    field("sources", FieldKind::Facet(Facet::Sources)),
    field("sections", FieldKind::Facet(Facet::Sections)),
    field("authors", FieldKind::Facet(Facet::Authors)),
    field("languages", FieldKind::Facet(Facet::Languages)),
    field("countries", FieldKind::Facet(Facet::Countries)),
    field("years", FieldKind::Facet(Facet::Years)),
    field("first_day", FieldKind::Number),
    field("last_day", FieldKind::Number),
    field("published", FieldKind::Number),
    field("document", FieldKind::Stored),
];
