//! One entry of an authority file: a line of JSON, checked.

use serde::{Deserialize, Serialize};

use super::{KINDS, key};
use crate::document::{Facet, MAX_VALUE_BYTES};

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// The most other names of one entry.
const MAX_ALIASES: usize = 1_000;

/// Why a line is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not JSON, or not such an object.
    #[error("{0}")]
    Json(String),
    /// A kind that has no headings.
    #[error("`{0}` is no kind; expected person, place, organization or topic")]
    Kind(String),
    /// A name that cannot be one.
    #[error("`{0}` is no name; expected 1 to {MAX_VALUE_BYTES} bytes with a letter or digit, on one line")]
    Name(String),
    /// Too many other names.
    #[error("{0} aliases; expected at most {MAX_ALIASES}")]
    Aliases(usize),
    /// Not an id of Wikidata.
    #[error("`{0}` is no id of Wikidata; expected one such as Q42")]
    Wikidata(String),
    /// Coordinates off the globe, or one without the other.
    #[error("expected lat from -90 to 90 and lon from -180 to 180, both or neither")]
    Coordinates,
}

/// An entry as it is imported and exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// `person`, `place`, `organization` or `topic`.
    pub kind: String,
    /// The heading.
    pub name: String,
    /// Its other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Id in Wikidata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wikidata: Option<String>,
    /// Degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Not shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Record {
    /// Reads and checks a line.
    pub fn parse(line: &[u8]) -> Result<(Facet, Self), RecordError> {
        let record: Self = serde_json::from_slice(line).map_err(|error| RecordError::Json(error.to_string()))?;
        let kind = Facet::named(&record.kind).filter(|facet| KINDS.contains(facet));
        let facet = kind.ok_or_else(|| RecordError::Kind(record.kind.chars().take(40).collect()))?;
        if record.aliases.len() > MAX_ALIASES {
            return Err(RecordError::Aliases(record.aliases.len()));
        }
        check(&record.name)?;
        record.aliases.iter().try_for_each(|alias| check(alias))?;
        if let Some(id) = record.wikidata.as_deref().filter(|id| !is_wikidata(id)) {
            return Err(RecordError::Wikidata(id.chars().take(40).collect()));
        }
        let on_the_globe = match (record.lat, record.lon) {
            (None, None) => true,
            (Some(lat), Some(lon)) => lat.abs() <= 90.0 && lon.abs() <= 180.0,
            _ => false,
        };
        if on_the_globe { Ok((facet, record)) } else { Err(RecordError::Coordinates) }
    }
}

/// Checks that a text can be a name.
pub(crate) fn check(name: &str) -> Result<(), RecordError> {
    let fits = name.len() <= MAX_VALUE_BYTES && !name.chars().any(char::is_control) && !key(name).is_empty();
    if fits { Ok(()) } else { Err(RecordError::Name(name.chars().filter(|c| !c.is_control()).take(40).collect())) }
}

fn is_wikidata(id: &str) -> bool {
    let digits = id.strip_prefix('Q').unwrap_or_default();
    (1..=12).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_checked() {
        let fine =
            br#"{"kind":"place","name":"Oost Haven","aliases":["East Haven"],"wikidata":"Q1","lat":1.5,"lon":-2}"#;
        let (facet, record) = Record::parse(fine).unwrap();
        assert_eq!((facet, record.aliases.len(), record.lat), (Facet::Places, 1, Some(1.5)));
        for wrong in [
            "{",
            "[]",
            r#"{"kind":"person"}"#,
            r#"{"kind":"source","name":"x"}"#,
            r#"{"kind":"person","name":" . "}"#,
            r#"{"kind":"person","name":"x","aliases":["a\nb"]}"#,
            r#"{"kind":"person","name":"x","wikidata":"42"}"#,
            r#"{"kind":"place","name":"x","lat":91,"lon":0}"#,
            r#"{"kind":"place","name":"x","lat":1}"#,
            r#"{"kind":"person","name":"x","nam":"y"}"#,
        ] {
            assert!(Record::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
