//! The whole extraction of one article: language, tagger, who is who, and where put together.
//!
//! Pure: the same article gives the same extraction. Knows nothing of files, indexes or other articles.

use std::ops::Range;

use super::{
    Entity, Extraction, Mention, TextField,
    gazetteer::{self, Gazetteer},
    keywords::{self, Background},
    language, model,
    place::{self, Surroundings},
    places, possessive,
    tagger::{Kind, RawMention, Tagger},
    thorough::{self, Transformer},
    topics::{self, Topics},
    who::{self, Aliases},
};
use crate::article::Article;

/// How much of a text is read, in bytes; what stands behind it is archived and searched, but not tagged.
const MAX_TAGGED_BYTES: usize = 1 << 20;

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tagger.
    #[error("entity model: {0}")]
    Tagger(#[from] model::Error),
    /// The transformer of the thorough level.
    #[error(transparent)]
    Transformer(#[from] thorough::Error),
    /// The gazetteer.
    #[error("gazetteer: {0}")]
    Gazetteer(#[from] gazetteer::Error),
    /// The topics.
    #[error(transparent)]
    Topics(#[from] topics::Error),
    /// The keywords.
    #[error(transparent)]
    Keywords(#[from] keywords::Error),
}

/// The models, loaded; shared by all threads.
#[derive(Debug)]
pub struct Extractor {
    tagger: Tagger,
    gazetteer: Gazetteer,
    aliases: Aliases,
    topics: Topics,
    background: Background,
}

/// A tagged mention with its field and text.
pub(super) type Tagged<'a> = (usize, RawMention, &'a str);

impl Extractor {
    /// Loads the models that come with the program.
    pub fn embedded() -> Result<Self, Error> {
        Ok(Self {
            tagger: Tagger::embedded()?,
            gazetteer: Gazetteer::embedded()?,
            aliases: Aliases::embedded(),
            topics: Topics::embedded()?,
            background: Background::embedded()?,
        })
    }

    /// Returns the extractor at its thorough level: a transformer is loaded, too, and asked where the tagger is unsure.
    pub fn thorough(self) -> Result<Self, Error> {
        Ok(Self { tagger: self.tagger.with_transformer(Transformer::embedded()?), ..self })
    }

    /// Returns the extractor with another model of topics in place of its own.
    #[must_use]
    pub fn with_topics(self, topics: Topics) -> Self {
        Self { topics, ..self }
    }

    /// Returns the places it knows.
    #[cfg(feature = "train")]
    pub(crate) fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// Reads out of an article what it is about.
    pub fn extract(&self, article: &Article) -> Extraction {
        let fields = fields_of(article);
        let language = language_of(article);
        let tags = self.tagger.tag(&fields, language.as_deref());
        let topics = self.topics.assign(article, language.as_deref());
        let found = self.assembled(article, &tags, language.as_deref());
        Extraction { language, topics, ..found }
    }

    /// Puts together what mentions say that somebody else found: title, subtitle, body; for measuring.
    #[cfg(feature = "train")]
    pub(crate) fn extract_tagged(&self, article: &Article, tags: &[Vec<RawMention>]) -> Extraction {
        self.assembled(article, tags, language_of(article).as_deref())
    }

    /// Gathers mentions under the names of whom and what they mean; what else the text is about are its keywords.
    fn assembled(&self, article: &Article, tags: &[Vec<RawMention>], language: Option<&str>) -> Extraction {
        let fields = &fields_of(article);
        let tagged: Vec<Tagged> = tags
            .iter()
            .enumerate()
            .flat_map(|(field, raws)| raws.iter().map(move |raw| (field, raw)))
            .filter_map(|(field, raw)| {
                let raw = possessive::with_own_s(fields.get(field)?, *raw);
                Some((field, raw, fields[field].get(raw.start as usize..raw.end as usize)?))
            })
            .collect();
        let gathered = who::gather(&self.aliases, &tagged);
        let mentions = in_code_points(fields, &tagged);
        let entities = |kind: Kind| -> Vec<Entity> {
            let of_kind = gathered.iter().filter(|it| it.kind == kind);
            of_kind.map(|it| Entity { name: it.name.clone(), mentions: places::pick(&mentions, &it.members) }).collect()
        };
        let (people, organizations) = (entities(Kind::Person), entities(Kind::Organization));
        let uses = places::uses(fields, &tagged, &gathered);
        let resolved = place::resolve(&self.gazetteer, &places::names(&uses), &self.surroundings(article));
        let places = places::entities(&uses, resolved, &mentions);
        let keywords = self.keywords(fields, &tagged, language);
        Extraction { people, places, organizations, keywords, ..Extraction::default() }
    }

    fn keywords(&self, fields: &[&str], tagged: &[Tagged], language: Option<&str>) -> Vec<String> {
        let names_of = |field: usize| -> Vec<Range<usize>> {
            let own = tagged.iter().filter(|(at, ..)| *at == field);
            own.map(|(_, raw, _)| raw.start as usize..raw.end as usize).collect()
        };
        let names: Vec<Vec<Range<usize>>> = (0..fields.len()).map(names_of).collect();
        let fields: Vec<(&str, &[Range<usize>])> =
            fields.iter().zip(&names).map(|(text, names)| (*text, names.as_slice())).collect();
        keywords::keywords(&fields, language, &self.background)
    }

    /// Returns what speaks for places without naming them.
    pub(crate) fn surroundings(&self, article: &Article) -> Surroundings {
        Surroundings::of(&self.gazetteer, &fields_of(article), &article.source, &article.url)
    }
}

/// Returns the texts of an article: title, subtitle, body.
fn fields_of(article: &Article) -> [&str; 3] {
    [&article.title, &article.subtitle, bounded(&article.body)]
}

/// Turns byte spans into code points, in one pass per field.
fn in_code_points(fields: &[&str], tagged: &[Tagged]) -> Vec<Mention> {
    const FIELDS: [TextField; 3] = [TextField::Title, TextField::Subtitle, TextField::Body];
    let (mut field, mut byte, mut point) = (0, 0, 0);
    let mut mentions = Vec::with_capacity(tagged.len());
    for (at, raw, text) in tagged {
        if *at != field || (raw.start as usize) < byte {
            (field, byte, point) = (*at, 0, 0);
        }
        point += fields[field][byte..raw.start as usize].chars().count();
        byte = raw.start as usize;
        let length = text.chars().count();
        mentions.push(Mention {
            field: FIELDS[field.min(2)],
            start: point as u32,
            end: (point + length) as u32,
            text: (*text).to_owned(),
        });
    }
    mentions
}

fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_TAGGED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn language_of(article: &Article) -> Option<String> {
    if !article.language.is_empty()
        && let Some(code) = language::normalise(&article.language)
    {
        return Some(code);
    }
    let text = if article.body.is_empty() { &article.title } else { &article.body };
    language::detect(bounded(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    fn extract(title: &str, body: &str) -> Extraction {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.title = title.into();
        article.body = body.into();
        Extractor::embedded().unwrap().extract(&article)
    }

    #[test]
    fn offsets_count_code_points() {
        let body =
            "🚢 Mayor Marta Ibáñez spoke in Rotterdam, the Netherlands. Ibáñez said the port would open on Monday.";
        let found = extract("", body);
        let chars: Vec<char> = body.chars().collect();
        let mentions = found.people.iter().flat_map(|it| &it.mentions);
        let mentions = mentions.chain(found.places.iter().flat_map(|it| &it.mentions));
        for mention in mentions {
            let text: String = chars[mention.start as usize..mention.end as usize].iter().collect();
            assert_eq!(text, mention.text);
        }
        assert!(found.places.iter().any(|it| it.name == "Rotterdam" && it.country.as_deref() == Some("NL")));
        assert!(
            found.people.iter().any(|it| it.name == "Marta Ibáñez" && it.mentions.len() == 2),
            "{:?}",
            found.people
        );
    }

    #[test]
    fn nothing_comes_of_nothing() {
        let found = extract("", "");
        assert!(found.people.is_empty() && found.places.is_empty() && found.language.is_none());
    }
}
