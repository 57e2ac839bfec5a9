//! Tagged articles to a model of topics: one linear classifier per heading, its threshold and its probabilities found by
//! cross-validation.
//!
//! Knows no vocabulary in particular: a heading is whatever the articles are tagged with. What runs it is
//! [`crate::extract::topics`].

mod close;
mod corpus;
mod linear;
mod map;
mod quality;
mod space;
mod validation;
pub mod vocabulary;

pub use corpus::{Filter, Labels, Reading};
pub use map::Rules;
pub use quality::{Score, evaluate};

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde::Serialize;

use self::{
    corpus::Corpus,
    linear::{Item, Plane},
    space::{Matrix, Space},
    validation::Judged,
};
use super::Error;
use crate::extract::topics::{
    features::Features,
    model::{Head, Heading, Model, Weights},
};

/// How to train.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Parts of the cross-validation.
    pub folds: usize,
    /// What a mistake costs beside the size of the weights.
    pub cost: f32,
    /// How much the few articles that have a heading count beside the many that do not: 0 each alike, 1 both sides alike.
    /// Classifiers of several are averaged.
    pub balance: Vec<f32>,
    /// What words, words of the title and words of the lead weigh beside each other.
    pub group_weights: [f32; 3],
    /// Articles a feature must stand in.
    pub least_articles: u32,
    /// The most features.
    pub most_features: usize,
    /// Weights below this share of the heading's largest are left out.
    pub least_weight: f32,
    /// Thresholds are chosen for this precision, 0 to 1, instead of for the best F1.
    pub precision: Option<f32>,
    /// Give the surest heading to an article even where it is below its threshold: always (`Some(true)`), never
    /// (`Some(false)`), or as far as that helped in cross-validation.
    pub surest: Option<bool>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            folds: 10,
            cost: 1.0,
            balance: vec![0.25],
            group_weights: [1.0, 0.25, 0.25],
            least_articles: 2,
            most_features: 1 << 20,
            least_weight: 0.01,
            precision: None,
            surest: None,
        }
    }
}

/// One article to learn from, or a heading's own name and definition.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) features: Features,
    /// The headings it has, as places in the list of all.
    pub(super) headings: Vec<u16>,
    /// Headings of which nothing is known for it.
    pub(super) unknown: Vec<u16>,
    /// What a mistake on it costs beside others.
    pub(super) weight: f32,
    /// Is an article that cross-validation may ask about.
    pub(super) asked: bool,
}

/// What a training gave.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Articles learned from.
    pub articles: usize,
    /// Features known.
    pub features: usize,
    /// Cross-validated: what the model gives articles that it has not seen.
    pub validated: Score,
    /// Size of the model, in bytes.
    pub bytes: usize,
}

/// Trains on the articles of a corpus; returns the model as a file and what cross-validation says of it.
pub fn train(corpus: &Corpus, settings: &Settings) -> Result<(Vec<u8>, Report), Error> {
    let examples = &corpus.examples;
    let features = || examples.iter().map(|example| &example.features);
    let space = Space::of(features(), settings.least_articles, settings.most_features, settings.group_weights);
    let matrix = space.matrix(features());
    let training =
        Training { matrix, examples, columns: space.hashes.len(), settings, folds: folds(examples, settings) };
    let learned = training.all(corpus.headings.len())?;
    let (margins, counts) = validation::together(&learned, examples.len());
    let slack = margins.slack(examples, &counts, settings.surest);
    let articles = examples.iter().filter(|example| example.asked).count();
    let headings = corpus.headings.iter().zip(&learned);
    let headings: Vec<Heading> = headings.map(|((code, name), it)| it.heading(code, name)).collect();
    let mut validated = quality::of_counts(&headings, &margins.counts_with(examples, counts, slack), articles);
    validated.surest = Some(margins.surest(examples));
    let head = Head { headings, language: corpus.language.clone(), group_weights: settings.group_weights, slack };
    let (hashes, rarity) = (space.hashes, space.rarity);
    let model = Model::new(head, table(hashes, rarity, &learned));
    let bytes = model.to_bytes()?;
    let report = Report { articles, features: training.columns, validated, bytes: bytes.len() };
    Ok((bytes, report))
}

/// Deals the articles that may be asked about into parts, always alike.
fn folds(examples: &[Example], settings: &Settings) -> Vec<Option<usize>> {
    let mut asked: Vec<usize> = (0..examples.len()).filter(|at| examples[*at].asked).collect();
    linear::Random(0x2545_F491_4F6C_DD1D).shuffle(&mut asked);
    let mut folds = vec![None; examples.len()];
    for (number, at) in asked.into_iter().enumerate() {
        folds[at] = Some(number % settings.folds);
    }
    folds
}

/// What was learned of one heading.
#[derive(Debug)]
pub(super) struct Learned {
    /// Column and weight in units.
    weights: Vec<(u32, i8)>,
    unit: f32,
    bias: f32,
    articles: usize,
    judged: Judged,
}

impl Learned {
    fn heading(&self, code: &str, name: &str) -> Heading {
        let (precision, recall) = self.judged.precision_and_recall();
        Heading {
            code: code.to_owned(),
            name: name.to_owned(),
            articles: self.articles,
            precision,
            recall,
            threshold: self.judged.threshold,
            curve: self.judged.curve,
            bias: self.bias,
            unit: self.unit,
        }
    }
}

struct Training<'a> {
    matrix: Matrix,
    examples: &'a [Example],
    columns: usize,
    settings: &'a Settings,
    folds: Vec<Option<usize>>,
}

impl Training<'_> {
    /// Learns every heading, several at a time.
    fn all(&self, headings: usize) -> Result<Vec<Learned>, Error> {
        let next = AtomicUsize::new(0);
        let learned = Mutex::new(Vec::with_capacity(headings));
        let threads = thread::available_parallelism().map_or(1, usize::from).min(headings.max(1));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let heading = next.fetch_add(1, Ordering::Relaxed);
                        if heading >= headings {
                            break;
                        }
                        let one = self.heading(heading as u16);
                        if let Ok(mut learned) = learned.lock() {
                            learned.push((heading, one));
                        }
                    }
                });
            }
        });
        let mut learned = learned.into_inner().map_err(|_| Error::Thread)?;
        learned.sort_by_key(|(heading, _)| *heading);
        Ok(learned.into_iter().map(|(_, learned)| learned).collect())
    }

    fn heading(&self, heading: u16) -> Learned {
        let items: Vec<Item> = self
            .examples
            .iter()
            .enumerate()
            .filter(|(_, example)| !example.unknown.contains(&heading))
            .map(|(row, example)| Item {
                row: row as u32,
                positive: example.headings.contains(&heading),
                cost: example.weight * self.settings.cost,
            })
            .collect();
        let mut asked = Vec::with_capacity(items.len());
        for fold in 0..self.settings.folds {
            let seen: Vec<Item> =
                items.iter().filter(|item| self.folds[item.row as usize] != Some(fold)).copied().collect();
            let plane = self.plane(&seen);
            let held = items.iter().filter(|item| self.folds[item.row as usize] == Some(fold));
            asked.extend(held.map(|item| (item.row, plane.score(self.matrix.row(item.row as usize)), item.positive)));
        }
        let judged = Judged::of(asked, self.settings.precision);
        let Plane { weights, bias } = self.plane(&items);
        let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        let unit = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        let least = (self.settings.least_weight * 127.0).max(0.5);
        let kept = weights.iter().enumerate().filter(|(_, weight)| weight.abs() / unit >= least);
        let articles = items.iter().filter(|item| item.positive && self.examples[item.row as usize].asked).count();
        let weights = kept.map(|(column, weight)| (column as u32, (weight / unit).round() as i8)).collect();
        Learned { weights, unit, bias, articles, judged }
    }

    /// Trains one classifier of each balance and averages them.
    fn plane(&self, items: &[Item]) -> Plane {
        let positives: f32 = items.iter().filter(|item| item.positive).map(|item| item.cost).sum();
        let negatives: f32 = items.iter().filter(|item| !item.positive).map(|item| item.cost).sum();
        let mut sum = Plane { weights: vec![0.0; self.columns], bias: 0.0 };
        if positives == 0.0 {
            sum.bias = -1.0;
            return sum;
        }
        let share = 1.0 / self.settings.balance.len() as f32;
        for balance in &self.settings.balance {
            let factor = (negatives / positives).max(1.0).powf(*balance);
            let weighed: Vec<Item> = items
                .iter()
                .map(|item| Item { cost: if item.positive { item.cost * factor } else { item.cost }, ..*item })
                .collect();
            let plane = linear::train(&self.matrix, &weighed, self.columns);
            sum.bias += share * plane.bias;
            sum.weights.iter_mut().zip(&plane.weights).for_each(|(sum, weight)| *sum += share * weight);
        }
        sum
    }
}

/// Turns the weights by heading into weights by feature; features without any are dropped.
fn table(hashes: Vec<u32>, rarity: Vec<u16>, learned: &[Learned]) -> Weights {
    let mut by_column: Vec<Vec<(u16, i8)>> = vec![Vec::new(); hashes.len()];
    for (heading, learned) in learned.iter().enumerate() {
        for (column, weight) in &learned.weights {
            by_column[*column as usize].push((heading as u16, *weight));
        }
    }
    let mut weights = Weights { starts: vec![0], ..Weights::default() };
    for (column, pairs) in by_column.into_iter().enumerate() {
        // A feature that says nothing still takes its part of the length of an article, so it stays known.
        weights.hashes.push(hashes[column]);
        weights.rarity.push(rarity[column]);
        weights.headings.extend(pairs.iter().map(|(heading, _)| *heading));
        weights.units.extend(pairs.iter().map(|(_, weight)| *weight));
        weights.starts.push(weights.headings.len() as u32);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{article::Article, article::ArticleId, extract::topics::Topics};

    fn article(number: usize, body: &str, topics: &[&str]) -> Article {
        let mut article = Article::new(ArticleId::given(&number.to_string()).unwrap());
        article.body = format!("{body} Report number {number} of the desk.");
        article.topics = topics.iter().map(|it| (*it).to_owned()).collect();
        article
    }

    /// Thirty articles on ships, thirty on bread, three on honey.
    fn tagged() -> Vec<Article> {
        let bodies = [
            ("The freighter left the harbour with the tide.", "ships"),
            ("The baker sold loaves of rye at the market.", "bread"),
        ];
        let mut articles: Vec<Article> = (0..60).map(|n| article(n, bodies[n % 2].0, &[bodies[n % 2].1])).collect();
        articles.extend((60..63).map(|n| article(n, "The bees filled the comb with honey.", &["honey"])));
        articles
    }

    #[test]
    fn a_newsroom_s_own_headings_are_learned_a_rare_one_too() {
        let reading = Reading { field: "topics".into(), ..Reading::default() };
        let corpus = reading.articles(tagged().iter()).unwrap();
        let (bytes, report) = train(&corpus, &Settings::default()).unwrap();
        assert_eq!(train(&corpus, &Settings::default()).unwrap().0, bytes, "the same input gives the same bytes");
        assert!(report.validated.micro_f1 > 0.95, "{report:?}");
        let topics = Topics::from_bytes(&bytes).unwrap();
        let names = |body: &str| -> Vec<String> {
            topics.assign(&article(99, body, &[]), Some("en")).into_iter().map(|it| it.name).collect()
        };
        assert_eq!(names("A freighter waits outside the harbour."), ["ships"]);
        assert_eq!(names("Honey is dear this year, the bees are few."), ["honey"]);
    }

    #[test]
    fn a_stated_precision_raises_the_threshold() {
        let reading = Reading { field: "topics".into(), ..Reading::default() };
        let corpus = reading.articles(tagged().iter()).unwrap();
        let settings = Settings { precision: Some(1.0), ..Settings::default() };
        let (_, report) = train(&corpus, &settings).unwrap();
        assert!(report.validated.headings.iter().all(|it| it.precision == 0.0 || it.precision > 0.99), "{report:?}");
    }

    #[test]
    fn nothing_to_tell_apart_is_refused() {
        let reading = Reading { field: "tags".into(), ..Reading::default() };
        assert!(matches!(reading.articles(tagged().iter()), Err(Error::Untagged { .. })));
    }
}
