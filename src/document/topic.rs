//! Topics as they are filed: by name, whatever the source wrote, and told apart by whether it was given or assigned.

use std::{borrow::Cow, collections::HashMap};

use super::{Document, Facet, distinct};
use crate::{
    extract::topics::vocabulary::{self, Concept},
    text::fold::fold,
};

/// Where a reader keeps what a source calls the topics that it gives by code: an object in `extra`.
const NAMES: &str = "topic_names";

/// A topic of an article, and how it came there.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// The name it is filed under: that of the vocabulary, or the source's own.
    pub name: String,
    /// The source gave it.
    pub given: bool,
    /// How sure the model is that assigned it, 0 to 1; none if it did not.
    pub confidence: Option<f32>,
}

/// A topic before it is told whether it stands there already.
struct Named<'a> {
    name: Cow<'a, str>,
    confidence: Option<f32>,
}

/// Returns the topics of a document, the given ones first: what its source calls topics and tags, its section where that is
/// one of the vocabulary, and what was assigned.
fn topics(document: &Document) -> impl Iterator<Item = Named<'_>> {
    let (article, language) = (&document.article, document.language().unwrap_or("en"));
    let given = article.topics.iter().chain(&article.tags).map(move |topic| given(document, topic, language));
    let section = concept(&article.section, language).map(|it| Cow::Borrowed(it.name("en")));
    let given = given.chain(section).map(|name| Named { name, confidence: None });
    let assigned = document.extraction.topics.iter();
    given.chain(assigned.map(|it| Named { name: it.name.as_str().into(), confidence: Some(it.confidence) }))
}

/// Reads a topic as a source gives it: a code, a name in English or in the language of the article, or words of its own.
fn given<'a>(document: &'a Document, topic: &'a str, language: &str) -> Cow<'a, str> {
    if let Some(concept) = concept(topic, language) {
        return concept.name("en").into();
    }
    // A code of a vocabulary that is newer than ours is called what the source calls it.
    let names = document.article.extra.get(NAMES);
    names.and_then(|it| it.get(topic)).and_then(|it| it.as_str()).unwrap_or(topic).into()
}

fn concept(topic: &str, language: &str) -> Option<&'static Concept> {
    let named = || vocabulary::named_in(topic, "en").chain(vocabulary::named_in(topic, language)).next();
    vocabulary::coded(topic).or_else(named)
}

/// Returns the names of a document's own topics, none twice.
pub(super) fn own(document: &Document) -> Vec<String> {
    let names: Vec<Cow<str>> = topics(document).map(|it| it.name).collect();
    distinct(names.iter().map(|name| document.heading(Facet::Topics, name)))
}

/// Returns the topics under the same names, with how each came there.
pub(super) fn told(document: &Document) -> Vec<Topic> {
    let mut told: Vec<Topic> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for Named { name, confidence } in topics(document) {
        let heading = document.heading(Facet::Topics, &name);
        let Some(name) = distinct([heading]).pop() else { continue };
        let at = *places.entry(fold(&name)).or_insert_with(|| {
            told.push(Topic { name, given: false, confidence: None });
            told.len() - 1
        });
        told[at].given |= confidence.is_none();
        told[at].confidence = told[at].confidence.or(confidence);
    }
    told
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        article::{Article, ArticleId},
        document::Facet,
        extract::{AssignedTopic, Extraction},
    };

    fn document(topics: &[&str], tags: &[&str], language: &str) -> Document {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.topics = topics.iter().map(|it| (*it).to_owned()).collect();
        article.tags = tags.iter().map(|it| (*it).to_owned()).collect();
        article.language = language.to_owned();
        Document::new(article, Extraction::default())
    }

    #[test]
    fn codes_and_names_of_the_language_are_one_heading_and_other_words_stay() {
        let document = document(&["medtop:15000000", "Deporte", "07000000"], &["Sport", "Our harbour"], "es");
        assert_eq!(own(&document), ["sport", "07000000", "Our harbour"]);
        assert_eq!(document.values(Facet::Topics), own(&document));
    }

    #[test]
    fn a_code_has_the_name_of_the_vocabulary_or_the_source_or_itself() {
        let mut document = document(&["subj:15000000", "medtop:29999999", "medtop:29999998"], &[], "no");
        let names = json!({"subj:15000000": "Idrett", "medtop:29999999": "Noe nytt"});
        document.article.extra.insert("topic_names".to_owned(), names);
        assert_eq!(own(&document), ["sport", "Noe nytt", "medtop:29999998"]);
    }

    #[test]
    fn it_is_told_who_said_so() {
        let mut document = document(&["Quays", "sport"], &[], "en");
        document.article.section = "Politics".into();
        for (code, name, confidence) in [("medtop:15000000", "sport", 0.9), ("medtop:06000000", "environment", 0.7)] {
            document.extraction.topics.push(AssignedTopic { code: code.into(), name: name.into(), confidence });
        }
        let told =
            |name: &str| document.topics().into_iter().find(|it| it.name == name).map(|it| (it.given, it.confidence));
        assert_eq!(told("Quays"), Some((true, None)));
        assert_eq!(told("sport"), Some((true, Some(0.9))));
        assert_eq!(told("environment"), Some((false, Some(0.7))));
        assert_eq!(document.topics().iter().filter(|it| it.given).count(), 3, "a section that is a topic is given");
        let names: Vec<String> = document.topics().into_iter().map(|it| it.name).collect();
        assert_eq!(names, own(&document));
    }
}
