//! The whole extraction of one article: language, tagger and who is who put together.
//!
//! Pure: the same article gives the same extraction. Knows nothing of files, indexes or other articles.

use super::{
    Entity, Extraction, Mention, PlaceEntity, TextField, language, model,
    tagger::{Kind, RawMention, Tagger},
    who,
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
}

/// The models, loaded; shared by all threads.
#[derive(Debug)]
pub struct Extractor {
    tagger: Tagger,
}

/// A tagged mention with its field and text.
type Tagged<'a> = (usize, RawMention, &'a str);

impl Extractor {
    /// Loads the models that come with the program.
    pub fn embedded() -> Result<Self, Error> {
        Ok(Self { tagger: Tagger::embedded()? })
    }

    /// Reads out of an article what it is about.
    pub fn extract(&self, article: &Article) -> Extraction {
        let fields = [article.title.as_str(), article.subtitle.as_str(), bounded(&article.body)];
        let language = language_of(article);
        let tags = self.tagger.tag(&fields);
        let tagged: Vec<Tagged> = tags
            .iter()
            .enumerate()
            .flat_map(|(field, raws)| raws.iter().map(move |raw| (field, raw)))
            .filter_map(|(field, raw)| Some((field, *raw, fields[field].get(raw.start as usize..raw.end as usize)?)))
            .collect();
        let gathered = who::gather(&tagged);
        let mentions = in_code_points(&fields, &tagged);
        let entities = |kind: Kind| -> Vec<Entity> {
            let of_kind = gathered.iter().filter(|it| it.kind == kind);
            of_kind.map(|it| Entity { name: it.name.clone(), mentions: pick(&mentions, &it.members) }).collect()
        };
        let (people, organizations) = (entities(Kind::Person), entities(Kind::Organization));
        let places = entities(Kind::Place).into_iter().map(unplaced).collect();
        Extraction { language, people, places, organizations, ..Extraction::default() }
    }
}

/// A place that is known by its name only.
fn unplaced(entity: Entity) -> PlaceEntity {
    PlaceEntity {
        name: entity.name,
        country: None,
        kind: None,
        lat: None,
        lon: None,
        geonameid: None,
        confidence: None,
        mentions: entity.mentions,
    }
}

fn pick(mentions: &[Mention], members: &[usize]) -> Vec<Mention> {
    members.iter().filter_map(|at| mentions.get(*at).cloned()).collect()
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
        assert!(found.places.iter().any(|it| it.name == "Rotterdam"));
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
