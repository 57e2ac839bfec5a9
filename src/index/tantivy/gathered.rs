//! A query whose matches are gathered before they are used, so that they may be asked for in any order.
//!
//! tantivy asks an excluded phrase for documents before the one it stands at, which a phrase scorer does not bear (it
//! panics where debug assertions are on). What is excluded is therefore gathered first; it costs no more than finding it.

use tantivy::{
    BitSet, DocId, SegmentReader, TERMINATED,
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
};

use super::clock::{Clock, Steps};

/// The same documents as another query; every match scores 1.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) query: Box<dyn Query>,
    pub(super) clock: Clock,
}

impl Clone for Gathered {
    fn clone(&self) -> Self {
        Self { query: self.query.box_clone(), clock: self.clock }
    }
}

impl Query for Gathered {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let silent = match scoring.searcher() {
            Some(searcher) => EnableScoring::disabled_from_searcher(searcher),
            None => EnableScoring::disabled_from_schema(scoring.schema()),
        };
        Ok(Box::new(GatheredWeight { inner: self.query.weight(silent)?, clock: self.clock }))
    }
}

struct GatheredWeight {
    inner: Box<dyn Weight>,
    clock: Clock,
}

impl Weight for GatheredWeight {
    fn scorer(&self, reader: &SegmentReader, boost: f32) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = self.inner.scorer(reader, boost)?;
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut steps = Steps::new(self.clock);
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            found.insert(doc);
            steps.step()?;
            doc = scorer.advance();
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(reader, doc)
    }
}
