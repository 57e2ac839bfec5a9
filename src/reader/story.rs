//! What a format of news agencies says of an article, gathered before it is made one: shared by NewsML-G2, NITF and ninjs.
//!
//! Knows how those formats write bylines, codes of topics and whether an item may be published; not how any of them is laid out.

use serde_json::{Map, Value};

use super::{Item, Origin, Rejected, fields};

/// The words that a byline begins with, in the languages of the agencies that write them.
const BY: [&str; 10] = ["by", "von", "par", "por", "di", "door", "av", "af", "text", "texte"];
/// What stands between names of a byline.
const AND: [&str; 8] = [" and ", " und ", " et ", " y ", " e ", " en ", " och ", " og "];
/// The vocabularies of topics that IPTC maintains: the prefix of a code, and what its addresses have in them.
const IPTC: [(&str, &str); 2] = [("medtop", "mediatopic"), ("subj", "subjectcode")];

/// An article as far as it was read. Empty means "not given".
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) body: String,
    pub(super) source: String,
    pub(super) section: String,
    pub(super) language: String,
    pub(super) published: String,
    pub(super) updated: String,
    pub(super) authors: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) places: Vec<String>,
    pub(super) organizations: Vec<String>,
    /// Codes of IPTC as `medtop:…` and `subj:…`, names for all others: added by [`Story::topic`].
    pub(super) topics: Vec<String>,
    /// What the source calls the topics that it gives by code.
    pub(super) topic_names: Map<String, Value>,
    pub(super) extra: Map<String, Value>,
}

impl Story {
    /// Adds a topic: a code of IPTC, or else its name, or else its code. Either may be empty.
    pub(super) fn topic(&mut self, code: &str, name: &str) {
        let (code, name) = (code.trim(), name.trim());
        if let Some(code) = iptc_code(code) {
            if !name.is_empty() {
                self.topic_names.entry(code.clone()).or_insert_with(|| name.into());
            }
            self.topics.push(code);
        } else {
            self.topics.extend([name, code].into_iter().find(|it| !it.is_empty()).map(str::to_owned));
        }
    }

    /// Keeps what has no field of its own, unless it is blank or its name is taken.
    pub(super) fn keep(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let blank = match &value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(values) => values.is_empty(),
            _ => false,
        };
        if !blank {
            self.extra.entry(name).or_insert(value);
        }
    }

    /// Takes the authors from a byline, if there are none yet.
    pub(super) fn byline(&mut self, line: &str) {
        if self.authors.is_empty() {
            self.authors = authors(line);
        }
    }

    /// Fills what is not given from what another part of the item says.
    pub(super) fn fill(&mut self, other: Self) {
        let texts = [
            (&mut self.id, other.id),
            (&mut self.url, other.url),
            (&mut self.title, other.title),
            (&mut self.subtitle, other.subtitle),
            (&mut self.body, other.body),
            (&mut self.source, other.source),
            (&mut self.section, other.section),
            (&mut self.language, other.language),
            (&mut self.published, other.published),
            (&mut self.updated, other.updated),
        ];
        for (own, other) in texts {
            if own.trim().is_empty() {
                *own = other;
            }
        }
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
        self.tags.extend(other.tags);
        self.people.extend(other.people);
        self.places.extend(other.places);
        self.organizations.extend(other.organizations);
        self.topics.extend(other.topics);
        for (code, name) in other.topic_names {
            self.topic_names.entry(code).or_insert(name);
        }
        for (name, value) in other.extra {
            self.keep(&name, value);
        }
    }

    /// Makes an article of it, or says why it is none. `origin` is the file and the record in it.
    pub(super) fn item(mut self, origin: (&str, u64), bytes: u64) -> Item {
        let source = self.source.clone();
        // An agency that signs beside its authors is the source, no author.
        let signs = |name: &String| !source.is_empty() && name.trim().eq_ignore_ascii_case(source.trim());
        if !self.authors.iter().all(signs) {
            self.authors.retain(|name| !signs(name));
        }
        if self.updated == self.published {
            self.updated.clear();
        }
        let language = self.language.clone();
        self.language = language.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
        if language.trim() != self.language {
            self.keep("language_tag", language);
        }
        let names = std::mem::take(&mut self.topic_names);
        if !names.is_empty() {
            self.keep("topic_names", names);
        }
        fields::item(origin, self.into_fields(), bytes)
    }

    fn into_fields(self) -> Vec<(String, Value)> {
        let texts = [
            ("id", self.id),
            ("url", self.url),
            ("title", self.title),
            ("subtitle", self.subtitle),
            ("body", self.body),
            ("source", self.source),
            ("section", self.section),
            ("language", self.language),
            ("published", self.published),
            ("updated", self.updated),
        ];
        let lists = [
            ("authors", self.authors),
            ("tags", self.tags),
            ("people", self.people),
            ("places", self.places),
            ("organizations", self.organizations),
            ("topics", self.topics),
        ];
        let texts = texts.into_iter().filter(|(_, text)| !text.trim().is_empty());
        let texts = texts.map(|(name, text)| (name.to_owned(), Value::String(text)));
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let lists = lists.map(|(name, list)| (name.to_owned(), list.into()));
        let extra = (!self.extra.is_empty()).then(|| ("extra".to_owned(), Value::Object(self.extra)));
        texts.chain(lists).chain(extra).collect()
    }
}

/// Rejects an item that its source gave an id.
pub(super) fn refused(origin: (&str, u64), id: &str, reason: String) -> Item {
    let origin = Origin { file: origin.0.to_owned(), record: origin.1 };
    Item::Rejected(Rejected { origin, id: Some(id.to_owned()).filter(|id| !id.is_empty()), reason })
}

/// Says why an item of this status must not be archived; `stat:canceled` and the like are understood.
pub(super) fn withdrawn(status: &str) -> Option<String> {
    let plain = status.rsplit([':', '/']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let what = match plain.as_str() {
        "canceled" | "cancelled" => "its source took it back",
        "withheld" => "its source holds it back",
        _ => return None,
    };
    Some(format!("{what} (publication status `{plain}`)"))
}

/// Returns the code of a topic of IPTC as `medtop:16000000` or `subj:16000000`: given so, as an address, or as a bare number.
pub(super) fn iptc_code(code: &str) -> Option<String> {
    let code = code.trim().trim_end_matches('/');
    let (scheme, number) = code.rsplit_once([':', '/', '#']).unwrap_or(("", code));
    if number.len() != 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    let known = IPTC.iter().find(|(prefix, address)| scheme == *prefix || scheme.contains(address));
    match known {
        Some((prefix, _)) => Some(format!("{prefix}:{number}")),
        // The numbers of the Media Topics begin with 20 below the top level, those of the subject codes with 01 to 17.
        None if scheme.is_empty() && number.starts_with("20") => Some(format!("medtop:{number}")),
        None if scheme.is_empty() && ("01"..="17").contains(&&number[..2]) => Some(format!("subj:{number}")),
        None => None,
    }
}

/// Returns the names of a byline such as `By Ada Brandt and Jan Kos`.
fn authors(line: &str) -> Vec<String> {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let (first, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
    let begins = BY.iter().any(|by| first.trim_end_matches(':').eq_ignore_ascii_case(by));
    let names = if begins && !rest.is_empty() { rest.trim_start_matches([':', ' ']) } else { &line };
    let names = AND.iter().fold(names.replace(';', ","), |names, and| names.replace(and, ","));
    names.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_topics_are_told_by_their_scheme() {
        for (code, expected) in [
            ("medtop:20000350", Some("medtop:20000350")),
            ("http://cv.iptc.org/newscodes/mediatopic/20000350/", Some("medtop:20000350")),
            ("https://cv.iptc.org/newscodes/subjectcode/04011000", Some("subj:04011000")),
            ("04011000", Some("subj:04011000")),
            ("20000350", Some("medtop:20000350")),
            ("dpasubject:20000350", None),
            ("20250101x", None),
            ("éééé", None),
        ] {
            assert_eq!(iptc_code(code).as_deref(), expected, "{code}");
        }
    }

    #[test]
    fn a_byline_is_names() {
        assert_eq!(authors("By Ada Brandt and Jan Kos"), ["Ada Brandt", "Jan Kos"]);
        assert_eq!(authors("Von  Lena Vogt, tpa"), ["Lena Vogt", "tpa"]);
        assert_eq!(authors("Text: Åsa Lind"), ["Åsa Lind"]);
        assert_eq!(authors("By"), ["By"]);
        assert!(authors(" , ").is_empty());
    }

    #[test]
    fn what_was_taken_back_is_told() {
        assert!(withdrawn("stat:canceled").is_some() && withdrawn("withheld").is_some());
        assert!(withdrawn("stat:usable").is_none() && withdrawn("").is_none());
    }
}
