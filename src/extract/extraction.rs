//! What was read out of an article: the data model that every engine files and every page shows.
//!
//! Offsets count Unicode code points in the named field, end exclusive. Knows nothing of how it was found.

use serde::{Deserialize, Serialize};

/// The field of an article in which a mention stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextField {
    /// The headline.
    Title,
    /// The second headline.
    Subtitle,
    /// The text.
    Body,
}

/// One place in the text where a name stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Where to count.
    pub field: TextField,
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// What stands there.
    pub text: String,
}

/// A person or an organization with every mention of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// The fullest name the article gives.
    pub name: String,
    /// In the order of the text; empty for a name that only the source gave.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

/// A place with every mention of it, and where it lies if the gazetteer knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceEntity {
    /// The name of the gazetteer, or else the fullest of the article.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `city`, `country`, `region`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Degrees north, −90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east, −180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Id in GeoNames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geonameid: Option<u32>,
    /// How sure the choice among places of this name is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "hundredths_if_any")]
    pub confidence: Option<f32>,
    /// Other places of that name that come into question, the likeliest first, at most three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners_up: Vec<RunnerUp>,
    /// In the order of the text.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

/// A place that bears the name and was not chosen, as likely as it may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// The name of the gazetteer.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Name of the first-level division that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `city`, `country`, `region`, …
    pub kind: String,
    /// Id in GeoNames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geonameid: Option<u32>,
    /// How likely it is, 0 to 1, in hundredths.
    #[serde(serialize_with = "hundredths")]
    pub confidence: f32,
}

/// A topic that was assigned by the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignedTopic {
    /// Code in the vocabulary, such as `medtop:16000000`.
    pub code: String,
    /// English name of the concept.
    pub name: String,
    /// Calibrated probability, 0 to 1, in hundredths.
    #[serde(serialize_with = "hundredths")]
    pub confidence: f32,
}

/// Writes a share without what a conversion from single precision adds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn hundredths<S: serde::Serializer>(share: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((f64::from(*share) * 100.0).round() / 100.0)
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn hundredths_if_any<S: serde::Serializer>(share: &Option<f32>, serializer: S) -> Result<S::Ok, S::Error> {
    match share {
        Some(share) => hundredths(share, serializer),
        None => serializer.serialize_none(),
    }
}

/// All that was read out of one article.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Extraction {
    /// ISO 639-1 code, detected; the article's own word goes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who.
    #[serde(default)]
    pub people: Vec<Entity>,
    /// Where.
    #[serde(default)]
    pub places: Vec<PlaceEntity>,
    /// Which organizations.
    #[serde(default)]
    pub organizations: Vec<Entity>,
    /// What about, the surest first.
    #[serde(default)]
    pub topics: Vec<AssignedTopic>,
    /// The phrases that say what it is about.
    #[serde(default)]
    pub keywords: Vec<String>,
}
