//! The id of an article: given, or derived from its canonical URL, or else from its content.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// Query parameters that say how a reader came, not what the page is.
const TRACKING: [&str; 9] = ["fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "ref", "cmpid", "ocid", "smid"];

/// Identifies an article: 1 to 512 bytes without control characters, and not `.` or `..`, which no address can end in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ArticleId(String);

impl ArticleId {
    /// The longest id, in bytes. The index drops terms over 65,530 bytes in silence, so ids stay far below.
    pub const MAX_BYTES: usize = 512;

    /// What an id may be, for messages.
    pub const EXPECTED: &str = "1 to 512 bytes without control characters, and not `.` or `..`";

    /// Returns the id as given, trimmed; `None` if it is empty, too long, has control characters, or is `.` or `..`: those
    /// stand for folders in the path of an address, and are taken out before it is sent.
    pub fn given(id: &str) -> Option<Self> {
        let id = id.trim();
        let valid = !id.is_empty() && id.len() <= Self::MAX_BYTES && !id.chars().any(char::is_control);
        let valid = valid && !matches!(id, "." | "..");
        valid.then(|| Self(id.to_owned()))
    }

    /// Returns the id derived from a web address: equal for addresses that differ only in scheme, `www.`, tracking
    /// parameters, fragment or a trailing slash. `None` if it is not a web address.
    pub fn from_url(address: &str) -> Option<Self> {
        let url = Url::parse(address.trim()).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut pairs: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| !name.starts_with("utm_") && !TRACKING.contains(&name.as_ref()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        pairs.sort();
        let query = pairs.iter().fold(String::new(), |query, (name, value)| query + "&" + name + "=" + value);
        Some(Self::hashed("u", &format!("{host}{port}{}{query}", url.path().trim_end_matches('/'))))
    }

    /// Returns the id derived from what is said, for articles without id and address.
    pub fn from_content(parts: &[&str]) -> Self {
        Self::hashed("c", &parts.join("\u{1f}"))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn hashed(kind: &str, text: &str) -> Self {
        Self(format!("{kind}{}", &blake3::hash(text.as_bytes()).to_hex()[..20]))
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::given(&text).ok_or_else(|| serde::de::Error::custom(format!("an article id has {}", Self::EXPECTED)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_page_share_an_id() {
        let plain = ArticleId::from_url("https://example.org/news/1");
        assert!(plain.is_some());
        assert_eq!(plain, ArticleId::from_url("http://www.example.org/news/1/?utm_source=x#top"));
        assert_ne!(plain, ArticleId::from_url("https://example.org/news/1?page=2"));
    }

    #[test]
    fn bad_ids_are_refused() {
        assert!(ArticleId::given("  ").is_none());
        assert!(ArticleId::given(&"x".repeat(513)).is_none());
        assert!(ArticleId::given("a\0b").is_none());
        assert!(
            ArticleId::given(".").is_none() && ArticleId::given(" .. ").is_none() && ArticleId::given("...").is_some()
        );
        assert!(ArticleId::from_url("file:///etc/passwd").is_none());
    }
}
