//! Which articles closely match others: runs of words that both have. Copies and reworked agency reports match, two reports of
//! one event in other words do not.

use std::collections::{HashMap, HashSet};

use crate::{article::Article, text::fold::fold};

/// Words of a run.
const RUN: usize = 5;
/// Share of an article's runs that stand in one other article, from which on the two match closely.
const CLOSE: f64 = 0.04;

/// The articles that others are compared with.
#[derive(Debug, Default)]
pub(super) struct Known {
    ids: HashSet<String>,
    articles: u32,
    by_run: HashMap<u64, Vec<u32>>,
}

impl Known {
    pub(super) fn add(&mut self, article: &Article) {
        self.ids.insert(article.id.to_string());
        for run in runs(article) {
            self.by_run.entry(run).or_default().push(self.articles);
        }
        self.articles += 1;
    }

    /// Says whether the article is one of them or closely matches one.
    pub(super) fn is_close(&self, article: &Article) -> bool {
        if self.articles == 0 {
            return false;
        }
        let own = runs(article);
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for other in own.iter().filter_map(|run| self.by_run.get(run)).flatten() {
            *shared.entry(*other).or_default() += 1;
        }
        let least = own.len() as f64 * CLOSE;
        self.ids.contains(article.id.as_str()) || shared.values().any(|count| *count as f64 >= least)
    }
}

fn runs(article: &Article) -> HashSet<u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let text = fold(&format!("{} {}", article.title, article.body));
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let hash = |run: &[&str]| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    };
    words.windows(RUN).map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    fn article(id: &str, body: &str) -> Article {
        let mut article = Article::new(ArticleId::given(id).unwrap());
        article.body = body.to_owned();
        article
    }

    #[test]
    fn a_reworked_report_is_close_and_another_is_not() {
        let mut known = Known::default();
        known.add(&article("1", "The harbour was closed for nine days after the storm, the port authority said."));
        assert!(known.is_close(&article("2", "Port opens: the harbour was closed for nine days after the storm.")));
        assert!(!known.is_close(&article("3", "A storm closed the port. Nine days later, the harbour opened again.")));
        assert!(known.is_close(&article("1", "Something else altogether.")));
    }
}
