//! Forms in a row, near one another, or in one value of a facet: what tantivy's own queries cannot ask, or only at a cost
//! without bound.
//!
//! All matches of a segment are worked out when its scorer is made, a window of documents at a time, so that memory is
//! bounded and the clock is looked at. A dictionary is walked with automata of a fixed cost per step.

use std::ops::Range;

use tantivy::{
    BitSet, DocId, DocSet, InvertedIndexReader, SegmentReader, TERMINATED, Term,
    postings::{Postings, TermInfo},
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};
use tantivy_fst::Automaton;

use super::{
    clock::{Clock, Steps},
    schema::VALUE_GAP,
};
use crate::text::pattern::{Fuzzy, Glob, Pattern};

/// How many documents are worked out at a time.
const WINDOW: u32 = 1 << 16;

/// What may stand at one place.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Terms(Vec<String>),
    Glob(Glob),
    Fuzzy(Fuzzy),
}

/// How the rows of a query must lie to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One row, in a row.
    Row,
    /// Two rows with at most so many words between them.
    Near(u32),
    /// All rows in the same value of a facet.
    OneValue,
}

/// Documents in which the rows lie so. Every match scores 1.
#[derive(Debug, Clone)]
pub(super) struct Positions {
    pub(super) field: Field,
    pub(super) rows: Vec<Vec<Place>>,
    pub(super) shape: Shape,
    pub(super) clock: Clock,
}

impl Query for Positions {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Positions {
    fn scorer(&self, reader: &SegmentReader, boost: f32) -> tantivy::Result<Box<dyn Scorer>> {
        let found = match (self.rows.as_slice(), self.shape) {
            ([row], Shape::Row) if row.len() == 1 => self.anywhere(reader, &row[0])?,
            _ => self.matches(reader)?,
        };
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("positions", 1.0))
    }
}

/// Occurrences: document and position in one number, so that sorting and comparing is cheap.
type Spot = u64;

fn spot(doc: DocId, position: u32) -> Spot {
    u64::from(doc) << 32 | u64::from(position)
}

fn doc(spot: Spot) -> DocId {
    (spot >> 32) as DocId
}

impl Positions {
    /// Returns the documents that have the place, wherever: no positions are read.
    fn anywhere(&self, reader: &SegmentReader, place: &Place) -> tantivy::Result<BitSet> {
        let index = reader.inverted_index(self.field)?;
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut steps = Steps::new(self.clock);
        for info in self.terms(&index, place)? {
            let mut block = index.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
            while !block.docs().is_empty() {
                block.docs().iter().for_each(|doc| _ = found.insert(*doc));
                block.advance();
                steps.step()?;
            }
        }
        Ok(found)
    }

    fn matches(&self, reader: &SegmentReader) -> tantivy::Result<BitSet> {
        let index = reader.inverted_index(self.field)?;
        let mut docs = BitSet::with_max_value(reader.max_doc());
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let mut places = Vec::with_capacity(row.len());
            for (offset, place) in row.iter().enumerate() {
                let terms = self.terms(&index, place)?;
                if terms.is_empty() {
                    return Ok(docs);
                }
                places.push((offset as u32, terms));
            }
            // The rarest first, so that the others are read only where it stands.
            places.sort_by_key(|(_, terms)| terms.iter().map(|it| u64::from(it.doc_freq)).sum::<u64>());
            rows.push(places);
        }
        let mut reading = Reading { index: &index, steps: Steps::new(self.clock), buffer: Vec::new() };
        for start in (0..reader.max_doc()).step_by(WINDOW as usize) {
            let window = start..start.saturating_add(WINDOW).min(reader.max_doc());
            let mut found: Vec<Vec<Spot>> = Vec::with_capacity(rows.len());
            for row in &rows {
                let candidates = found.last().map(|spots| docs_of(spots));
                let spots = reading.row(row, &window, candidates)?;
                let done = spots.is_empty();
                found.push(spots);
                if done {
                    break;
                }
            }
            if found.iter().all(|spots| !spots.is_empty()) {
                self.joined(found).into_iter().for_each(|doc| _ = docs.insert(doc));
            }
        }
        Ok(docs)
    }

    /// Returns the documents, in order, in which the rows of a window lie as they must.
    fn joined(&self, rows: Vec<Vec<Spot>>) -> Vec<DocId> {
        match (self.shape, rows.as_slice()) {
            (Shape::Near(distance), [left, right]) => {
                let lengths = (self.rows[0].len() as u64, self.rows[1].len() as u64);
                let near = left.iter().filter(|spot| near(**spot, right, lengths, u64::from(distance)));
                docs_of(&near.copied().collect::<Vec<_>>())
            }
            (Shape::OneValue, _) => {
                let mut values = rows.into_iter().map(|spots| values_of(&spots));
                let first = values.next().unwrap_or_default();
                docs_of(&values.fold(first, |kept, other| common(&kept, &other)))
            }
            _ => rows.first().map(|spots| docs_of(spots)).unwrap_or_default(),
        }
    }

    /// Returns the terms of the dictionary that may stand at a place.
    fn terms(&self, index: &InvertedIndexReader, place: &Place) -> tantivy::Result<Vec<TermInfo>> {
        match place {
            Place::Terms(terms) => {
                let info = |text: &String| index.get_term_info(&Term::from_field_text(self.field, text)).transpose();
                Ok(terms.iter().filter_map(info).collect::<Result<_, _>>()?)
            }
            Place::Glob(glob) => self.walk(index, glob),
            Place::Fuzzy(fuzzy) => self.walk(index, fuzzy),
        }
    }

    fn walk<P: Pattern>(&self, index: &InvertedIndexReader, pattern: &P) -> tantivy::Result<Vec<TermInfo>> {
        let mut stream = index.terms().search(Walk(pattern)).without_keys().into_stream()?;
        let (mut found, mut steps) = (Vec::new(), Steps::new(self.clock));
        while stream.advance() {
            steps.step()?;
            found.push(stream.value().clone());
        }
        Ok(found)
    }
}

/// Reads positions.
struct Reading<'a> {
    index: &'a InvertedIndexReader,
    steps: Steps,
    buffer: Vec<u32>,
}

impl Reading<'_> {
    /// Returns where a row begins, in order.
    fn row(
        &mut self,
        places: &[(u32, Vec<TermInfo>)],
        window: &Range<DocId>,
        mut candidates: Option<Vec<DocId>>,
    ) -> tantivy::Result<Vec<Spot>> {
        let mut begins: Option<Vec<Spot>> = None;
        for (offset, terms) in places {
            let mut spots = Vec::new();
            for term in terms {
                self.term(term, (*offset, window), candidates.as_deref(), &mut spots)?;
            }
            // Terms of one place come one after the other.
            spots.sort_unstable();
            spots.dedup();
            let both = match begins {
                Some(known) => common(&known, &spots),
                None => spots,
            };
            candidates = Some(docs_of(&both));
            begins = Some(both);
        }
        Ok(begins.unwrap_or_default())
    }

    /// Adds the occurrences of one term in the window, each moved back by the offset; only in candidates, if there are any.
    fn term(
        &mut self,
        term: &TermInfo,
        (offset, window): (u32, &Range<DocId>),
        candidates: Option<&[DocId]>,
        spots: &mut Vec<Spot>,
    ) -> tantivy::Result<()> {
        let mut postings = self.index.read_postings_from_terminfo(term, IndexRecordOption::WithFreqsAndPositions)?;
        let mut at = postings.doc();
        if at < window.start {
            at = postings.seek(window.start);
        }
        let mut wanted = candidates.unwrap_or_default().iter().copied().peekable();
        while at < window.end && at != TERMINATED {
            self.steps.step()?;
            if candidates.is_some() {
                while wanted.next_if(|it| *it < at).is_some() {}
                match wanted.peek() {
                    None => break,
                    Some(next) if *next > at => {
                        at = postings.seek(*next);
                        continue;
                    }
                    Some(_) => {}
                }
            }
            postings.positions(&mut self.buffer);
            let begins = self.buffer.iter().filter_map(|position| position.checked_sub(offset));
            spots.extend(begins.map(|position| spot(at, position)));
            at = postings.advance();
        }
        Ok(())
    }
}

fn docs_of(spots: &[Spot]) -> Vec<DocId> {
    let mut docs: Vec<DocId> = spots.iter().map(|spot| doc(*spot)).collect();
    docs.dedup();
    docs
}

/// Returns document and number of the value of each occurrence.
fn values_of(spots: &[Spot]) -> Vec<Spot> {
    let value = |it: &Spot| spot(doc(*it), (*it as u32) / VALUE_GAP as u32);
    let mut values: Vec<Spot> = spots.iter().map(value).collect();
    values.dedup();
    values
}

/// Returns what two sorted lists share.
fn common(left: &[Spot], right: &[Spot]) -> Vec<Spot> {
    let mut kept = Vec::with_capacity(left.len().min(right.len()));
    let mut right = right.iter().peekable();
    for spot in left {
        while right.next_if(|it| *it < spot).is_some() {}
        if right.peek() == Some(&spot) {
            kept.push(*spot);
        }
    }
    kept
}

/// Says whether one of the rows in `right` begins close enough to the row that begins at `left`, on either side.
fn near(left: Spot, right: &[Spot], (left_length, right_length): (u64, u64), distance: u64) -> bool {
    let first_of_doc = spot(doc(left), 0);
    let after = left + left_length..=left + left_length + distance;
    let before_end = (left + 1).saturating_sub(right_length);
    let before = before_end.saturating_sub(distance + 1).max(first_of_doc)..before_end;
    let has = |from: Spot, to: Spot| right.get(right.partition_point(|it| *it < from)).is_some_and(|it| *it < to);
    has(*after.start(), after.end() + 1) || has(before.start, before.end)
}

/// A pattern as tantivy walks a dictionary.
struct Walk<'a, P>(&'a P);

impl<P: Pattern> Automaton for Walk<'_, P> {
    type State = P::State;

    fn start(&self) -> P::State {
        self.0.start()
    }

    fn is_match(&self, state: &P::State) -> bool {
        self.0.accepts(state)
    }

    fn can_match(&self, state: &P::State) -> bool {
        self.0.can_match(state)
    }

    fn accept(&self, state: &P::State, byte: u8) -> P::State {
        self.0.step(state, byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_counts_the_words_between_on_either_side() {
        let near_at =
            |left: u32, right: u32, lengths, distance| near(spot(7, left), &[spot(7, right)], lengths, distance);
        assert!(near_at(10, 11, (1, 1), 0) && near_at(11, 10, (1, 1), 0));
        assert!(near_at(10, 14, (1, 1), 3) && !near_at(10, 15, (1, 1), 3));
        assert!(near_at(14, 10, (1, 1), 3) && !near_at(15, 10, (1, 1), 3));
        assert!(near_at(10, 12, (2, 1), 0) && !near_at(10, 11, (2, 1), 0));
        assert!(near_at(12, 10, (1, 2), 0) && !near_at(11, 10, (1, 2), 5));
        assert!(!near_at(10, 10, (1, 1), 9), "a word is not near itself");
        assert!(!near(spot(7, 0), &[spot(6, u32::MAX)], (1, 1), 5), "another document");
    }
}
