//! The kinds of places, and the words for them.

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// One of the seven continents.
    Continent,
    /// A state or dependent territory with an ISO 3166 code.
    Country,
    /// A first-level division, or a well-known region such as the Middle East.
    Region,
    /// A second-level division: a county, a department, a powiat.
    District,
    /// A city, town or village.
    City,
    /// An ocean, sea, gulf, bay, strait or canal.
    Sea,
    /// A lake.
    Lake,
    /// A river.
    River,
    /// A mountain or a mountain range.
    Mountain,
    /// A desert.
    Desert,
    /// An island or a group of them.
    Island,
    /// A peninsula.
    Peninsula,
    /// An airport.
    Airport,
}

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::Continent,
        Self::Country,
        Self::Region,
        Self::District,
        Self::City,
        Self::Sea,
        Self::Lake,
        Self::River,
        Self::Mountain,
        Self::Desert,
        Self::Island,
        Self::Peninsula,
        Self::Airport,
    ];

    /// Returns the kind as it is written in documents: `city`, `country`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continent => "continent",
            Self::Country => "country",
            Self::Region => "region",
            Self::District => "district",
            Self::City => "city",
            Self::Sea => "sea",
            Self::Lake => "lake",
            Self::River => "river",
            Self::Mountain => "mountain",
            Self::Desert => "desert",
            Self::Island => "island",
            Self::Peninsula => "peninsula",
            Self::Airport => "airport",
        }
    }

    /// Returns the kind that [`Kind::as_str`] writes as `word`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
