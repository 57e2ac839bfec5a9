//! Topics of an article: headings assigned by a linear model, each with a calibrated probability.
//!
//! The model that comes with the program knows the 17 top-level IPTC Media Topics; an archive may have one of its own, trained
//! from what its newsroom has tagged. Knows nothing of training.

pub(crate) mod features;
pub(crate) mod model;
pub mod vocabulary;

pub use model::{Error, Heading};

use features::Features;
use model::Model;

use super::AssignedTopic;
use crate::article::Article;

/// The most headings that one article is given.
const MAX_ASSIGNED: usize = 12;

/// A model of topics, loaded.
#[derive(Debug, Clone)]
pub struct Topics {
    model: Model,
}

impl Topics {
    /// Loads the model that comes with the program.
    pub fn embedded() -> Result<Self, Error> {
        Self::from_bytes(include_bytes!("../../data/topics.model"))
    }

    /// Loads a model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self { model: Model::from_bytes(bytes)? })
    }

    /// Returns the headings it knows, and how well.
    pub fn headings(&self) -> &[Heading] {
        &self.model.head.headings
    }

    /// Assigns headings, the surest first. `language` is that of the article; a model of another language is silent.
    pub fn assign(&self, article: &Article, language: Option<&str>) -> Vec<AssignedTopic> {
        let own = self.model.head.language.as_deref();
        if own.is_some() && language.is_some() && own != language {
            return Vec::new();
        }
        let features = Features::of(&article.title, &[&article.subtitle, &article.body]);
        let assigned = self.assigned(&features).into_iter();
        assigned
            .map(|(at, confidence)| {
                let heading = &self.model.head.headings[at];
                let confidence = (confidence * 100.0).round() / 100.0;
                AssignedTopic { code: heading.code.clone(), name: heading.name.clone(), confidence }
            })
            .collect()
    }

    /// Returns the places of the assigned headings in the list, with their probability, the surest first.
    pub(crate) fn assigned(&self, features: &Features) -> Vec<(usize, f32)> {
        // An article of which the model knows no word is about anything.
        if features.words.len() < 2 {
            return Vec::new();
        }
        let scores = self.model.scores(features);
        let margin = |at: usize| scores[at] - self.model.head.headings[at].threshold;
        let mut chosen: Vec<usize> = (0..scores.len()).filter(|at| margin(*at) >= 0.0).collect();
        if let (true, Some(slack)) = (chosen.is_empty(), self.model.head.slack) {
            let surest = (0..scores.len()).max_by(|a, b| margin(*a).total_cmp(&margin(*b)));
            chosen.extend(surest.filter(|at| margin(*at) >= -slack));
        }
        let mut assigned: Vec<(usize, f32)> =
            chosen.into_iter().map(|at| (at, probability(scores[at], self.model.head.headings[at].curve))).collect();
        assigned.sort_by(|a, b| b.1.total_cmp(&a.1).then(margin(b.0).total_cmp(&margin(a.0))));
        assigned.truncate(MAX_ASSIGNED);
        assigned
    }
}

/// Returns the probability of a score on a logistic curve of this slope and offset.
pub(crate) fn probability(score: f32, [slope, offset]: [f32; 2]) -> f32 {
    1.0 / (1.0 + (-(slope * score + offset)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    fn assign(title: &str, body: &str, language: Option<&str>) -> Vec<AssignedTopic> {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        (article.title, article.body) = (title.into(), body.into());
        Topics::embedded().unwrap().assign(&article, language)
    }

    #[test]
    fn an_article_is_given_what_it_is_about() {
        let body =
            "Dock workers walked out on Monday over pay. Their union said the strike would go on until wages rise.";
        let topics = assign("Port strike over wages", body, Some("en"));
        assert_eq!(topics[0].code, "medtop:09000000", "{topics:?}");
        assert!(topics[0].confidence > 0.5 && topics.iter().all(|it| it.confidence <= 1.0));
        assert!(assign("Hafenstreik", "Die Hafenarbeiter streiken.", Some("de")).is_empty());
    }

    #[test]
    fn little_or_endless_text_is_answered() {
        assert!(assign("", "", None).is_empty());
        assert!(assign("", "Fire", None).is_empty());
        assert!(!assign("", &"football ".repeat(600_000), None).is_empty());
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let bytes = include_bytes!("../../data/topics.model");
        assert!(Topics::from_bytes(b"").is_err() && Topics::from_bytes(b"MORGTOP1abc").is_err());
        assert!(Topics::from_bytes(&bytes[..bytes.len() / 2]).is_err());
    }
}
