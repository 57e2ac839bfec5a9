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

/// Matches that are counted at once: a column is asked for many with one call.
const BLOCK: usize = 512;

/// The counting of one segment.
struct Counting<'s, 'p, 'a> {
    segment: &'s SegmentReader,
    pass: &'p Pass<'a>,
    found: &'p mut Found<'a>,
    columns: Columns,
    counts: Vec<Vec<u32>>,
    block: Block,
}

/// Matches that wait to be counted, and room for what the columns say of them.
#[derive(Default)]
struct Block {
    docs: Vec<DocId>,
    docs_of_rows: Vec<DocId>,
    rows: Vec<u32>,
    ordinals: Vec<u64>,
    first_days: Vec<Option<i64>>,
    last_days: Vec<Option<i64>>,
}

impl Block {
    /// Counts the values that the matches have in a column, by their ordinals.
    fn count_values(&mut self, column: &Column<u64>, counts: &mut [u32]) {
        self.docs_of_rows.clear();
        self.rows.clear();
        column.row_ids_for_docs(&self.docs, &mut self.docs_of_rows, &mut self.rows);
        self.ordinals.resize(self.rows.len(), 0);
        column.values.get_vals(&self.rows, &mut self.ordinals);
        self.ordinals.iter().for_each(|ordinal| counts[*ordinal as usize] += 1);
    }

    /// Counts the dates of the matches.
    fn count_dates(&mut self, columns: &Columns, dates: &mut Dates) {
        for (column, days) in [(&columns.first_day, &mut self.first_days), (&columns.last_day, &mut self.last_days)] {
            days.clear();
            days.resize(self.docs.len(), None);
            if let Some(column) = column {
                column.first_vals(&self.docs, days);
            }
        }
        self.first_days.iter().zip(&self.last_days).for_each(|(first, last)| dates.count(*first, *last));
    }
}

impl<'s, 'p, 'a> Counting<'s, 'p, 'a> {
    fn open(segment: &'s SegmentReader, pass: &'p Pass<'a>, found: &'p mut Found<'a>) -> tantivy::Result<Self> {
        let columns = Columns::open(segment, pass)?;
        let zeros = |column: &Option<StrColumn>| vec![0; column.as_ref().map_or(0, |it| it.num_terms())];
        let counts = columns.facets.iter().map(zeros).collect();
        found.best.begin(segment.fast_fields().str("id")?)?;
        Ok(Self { segment, pass, found, columns, counts, block: Block::default() })
    }

    fn count(&mut self, doc: DocId, score: f32) {
        if self.segment.alive_bitset().is_some_and(|alive| !alive.is_alive(doc)) {
            return;
        }
        self.found.total += 1;
        self.block.docs.push(doc);
        if self.block.docs.len() == BLOCK {
            self.count_block();
        }
        let number = |column: &Option<Column<i64>>| column.as_ref().and_then(|it| it.first(doc));
        if self.pass.keep != Keep::Nothing || self.pass.collapse {
            let story = self.columns.story.as_ref().and_then(|it| it.ords().first(doc)).map(|it| it as u32);
            self.found.best.offer(doc, score, number(&self.columns.published), story);
        }
    }

    fn count_block(&mut self) {
        for (column, counts) in self.columns.facets.iter().zip(&mut self.counts) {
            if let Some(column) = column {
                self.block.count_values(column.ords(), counts);
            }
        }
        if self.pass.dates {
            self.block.count_dates(&self.columns, &mut self.found.dates);
        }
        self.block.docs.clear();
    }

    fn end(mut self) -> tantivy::Result<()> {
        self.count_block();
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
