//! One pass over the matches of a search: total, facets by column ordinal, dates, and the best hits.
//!
//! Counting ordinals costs a tenth of what general aggregations do and is exact. The loop is ours, so that it can end
//! when the time is up.

use std::sync::Arc;

use tantivy::{
    COLLECT_BLOCK_BUFFER_LEN, DocId, Searcher, SegmentReader, TERMINATED,
    columnar::{Column, StrColumn},
    query::{EnableScoring, Query},
};

use super::{
    best::{Best, Keep},
    clock::{Clock, Steps},
    dates::Dates,
    facets::{Counts, Groups},
};
use crate::{
    index::Error,
    query::{Cursor, FacetRequest, Sort},
};

/// What one pass is to find out.
#[derive(Clone, Copy)]
pub(super) struct Pass<'a> {
    pub(super) facets: &'a [FacetRequest],
    pub(super) dates: bool,
    pub(super) sort: Sort,
    pub(super) keep: Keep,
    pub(super) cursor: Option<&'a Cursor>,
    pub(super) collapse: bool,
    pub(super) clock: Clock,
    pub(super) groups: &'a Groups,
}

/// What one pass found.
pub(super) struct Found<'a> {
    pub(super) total: u64,
    pub(super) best: Best<'a>,
    /// As many as facets were asked for.
    pub(super) facets: Vec<Counts>,
    pub(super) dates: Dates,
}

/// Columns of one segment.
struct Columns {
    facets: Vec<Option<StrColumn>>,
    story: Option<StrColumn>,
    first_day: Option<Column<i64>>,
    last_day: Option<Column<i64>>,
    published: Option<Column<i64>>,
}

impl Columns {
    fn open(segment: &SegmentReader, pass: &Pass) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let number = |name, wanted| if wanted { fast.column_opt::<i64>(name) } else { Ok(None) };
        Ok(Self {
            facets: pass.facets.iter().map(|it| fast.str(it.facet.name())).collect::<Result<_, _>>()?,
            story: if pass.collapse { fast.str("story")? } else { None },
            first_day: number("first_day", pass.dates)?,
            last_day: number("last_day", pass.dates)?,
            published: number("published", pass.sort != Sort::Relevance)?,
        })
    }
}

/// Runs one pass.
pub(super) fn run<'a>(searcher: &Searcher, query: &dyn Query, pass: &Pass<'a>) -> Result<Found<'a>, Error> {
    // Which match stands for its story depends on scores even where all are wanted.
    let ordered = matches!(pass.keep, Keep::Page(_)) || pass.keep == Keep::Everything && pass.collapse;
    let scoring = ordered && pass.sort == Sort::Relevance;
    let enabled = if scoring {
        EnableScoring::enabled_from_searcher(searcher)
    } else {
        EnableScoring::disabled_from_searcher(searcher)
    };
    let weight = query.weight(enabled).map_err(|error| pass.clock.failed(&error))?;
    let mut found = Found {
        total: 0,
        best: Best::new(pass.sort, pass.keep, pass.cursor, pass.collapse),
        facets: pass.facets.iter().map(|_| Counts::default()).collect(),
        dates: Dates::default(),
    };
    for segment in searcher.segment_readers() {
        pass.clock.check()?;
        let mut scorer = weight.scorer(segment, 1.0).map_err(|error| pass.clock.failed(&error))?;
        let mut counting = Counting::open(segment, pass, &mut found).map_err(|error| pass.clock.failed(&error))?;
        let mut steps = Steps::new(pass.clock);
        if scoring {
            let mut doc = scorer.doc();
            while doc != TERMINATED && !steps.late() {
                counting.count(doc, scorer.score());
                doc = scorer.advance();
            }
        } else {
            let mut docs = [0; COLLECT_BLOCK_BUFFER_LEN];
            loop {
                let filled = scorer.fill_buffer(&mut docs);
                docs[..filled].iter().for_each(|doc| counting.count(*doc, 0.0));
                if filled < docs.len() || steps.late() {
                    break;
                }
            }
        }
        counting.end().map_err(|error| pass.clock.failed(&error))?;
    }
    pass.clock.check()?;
    Ok(found)
}

/// The counting of one segment.
struct Counting<'s, 'p, 'a> {
    segment: &'s SegmentReader,
    pass: &'p Pass<'a>,
    found: &'p mut Found<'a>,
    columns: Columns,
    counts: Vec<Vec<u32>>,
}

impl<'s, 'p, 'a> Counting<'s, 'p, 'a> {
    fn open(segment: &'s SegmentReader, pass: &'p Pass<'a>, found: &'p mut Found<'a>) -> tantivy::Result<Self> {
        let columns = Columns::open(segment, pass)?;
        let zeros = |column: &Option<StrColumn>| vec![0; column.as_ref().map_or(0, |it| it.num_terms())];
        let counts = columns.facets.iter().map(zeros).collect();
        found.best.begin(segment.fast_fields().str("id")?)?;
        Ok(Self { segment, pass, found, columns, counts })
    }

    fn count(&mut self, doc: DocId, score: f32) {
        if self.segment.alive_bitset().is_some_and(|alive| !alive.is_alive(doc)) {
            return;
        }
        self.found.total += 1;
        for (column, counts) in self.columns.facets.iter().zip(&mut self.counts) {
            if let Some(column) = column {
                column.ords().values_for_doc(doc).for_each(|ordinal| counts[ordinal as usize] += 1);
            }
        }
        let number = |column: &Option<Column<i64>>| column.as_ref().and_then(|it| it.first(doc));
        if self.pass.dates {
            self.found.dates.count(number(&self.columns.first_day), number(&self.columns.last_day));
        }
        if self.pass.keep != Keep::Nothing || self.pass.collapse {
            let story = self.columns.story.as_ref().and_then(|it| it.ords().first(doc)).map(|it| it as u32);
            self.found.best.offer(doc, score, number(&self.columns.published), story);
        }
    }

    fn end(self) -> tantivy::Result<()> {
        let groups = |name, column: &Option<StrColumn>| match column {
            Some(column) => self.pass.groups.of(self.segment, name, column),
            None => Ok(Arc::default()),
        };
        let facets = self.pass.facets.iter().zip(self.columns.facets).zip(self.counts);
        for (((request, column), counts), into) in facets.zip(&mut self.found.facets) {
            let groups = groups(request.facet.name(), &column)?;
            into.add_segment(column, &counts, &groups);
        }
        self.found.best.end(&groups("story", &self.columns.story)?)?;
        Ok(())
    }
}
