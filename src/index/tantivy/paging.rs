//! Pages of a search: in which state of the index one is looked for, and what is shown on it.

use tantivy::Searcher;

use super::{TantivyEngine, best::PageHit, views};
use crate::{
    index::{Error, Hit, Results},
    query::{Cursor, SearchRequest, Sort},
};

/// Where a page is looked for.
pub(super) struct Paging<'a> {
    pub(super) searcher: Searcher,
    pub(super) cursor: Option<&'a Cursor>,
    /// Hits that stand before, if no cursor says so.
    pub(super) skip: usize,
}

impl TantivyEngine {
    /// Says in which state of the index a page is looked for, and where in it.
    pub(super) fn paging<'a>(&self, current: &Searcher, request: &'a SearchRequest) -> Paging<'a> {
        let here = |cursor, skip| Paging { searcher: current.clone(), cursor, skip };
        match &request.cursor {
            // Dates are the same in every state.
            Some(cursor) if request.sort == Sort::Relevance && cursor.view != views::number(current) => {
                match self.views.find(cursor.view) {
                    Some(searcher) => Paging { searcher, cursor: Some(cursor), skip: 0 },
                    None => here(None, cursor.passed as usize),
                }
            }
            cursor => here(cursor.as_ref(), 0),
        }
    }

    /// Puts hits on the page. Of a state that is past only its order is shown: what is gone since is left out, what was
    /// changed is shown as it is now.
    pub(super) fn show(
        &self,
        searcher: &Searcher,
        request: &SearchRequest,
        hits: Vec<PageHit>,
        results: &mut Results,
    ) -> Result<(), Error> {
        let (current, view) = (self.reader.searcher(), views::number(searcher));
        let is_past = view != views::number(&current);
        let more = hits.len() > request.limit;
        let before = request.cursor.as_ref().map_or(0, |cursor| cursor.passed);
        for (hit, passed) in hits.into_iter().zip(before + 1..).take(request.limit) {
            let cursor = Cursor { key: hit.key, tie: hit.id, view, passed };
            if more {
                results.next = Some(cursor.clone());
            }
            let document = if is_past {
                let Some(address) = self.find(&current, self.schema.id, &cursor.tie)? else { continue };
                self.fetch(&current, address)?
            } else {
                self.fetch(searcher, hit.address)?
            };
            let score = if request.sort == Sort::Relevance { hit.score } else { 0.0 };
            results.hits.push(Hit { document, score, cursor });
        }
        if more && request.sort == Sort::Relevance {
            self.views.hold(searcher);
        }
        Ok(())
    }
}
