//! The best hits of a search, in an order that is the same on every page: by sort key, ties by id.
//!
//! Within a segment ids are compared by their ordinals, which sort as they do, so that a text is read only for what a
//! segment sends to the page.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap},
    io,
};

use tantivy::{
    DocAddress, DocId,
    columnar::{StrColumn, TermOrdHit},
};

use crate::query::{Cursor, Sort};

/// How many hits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// None: only counts are wanted.
    Nothing,
    /// So many, after the cursor.
    Page(usize),
    /// All of them.
    Everything,
}

/// One match; the greatest comes first.
#[derive(Debug, Clone, Copy)]
struct Match {
    key: i64,
    /// Ordinal of the id in its segment.
    id: u32,
    segment: u32,
    doc: DocId,
    score: f32,
}

impl Match {
    fn rank(&self) -> (i64, Reverse<u32>) {
        (self.key, Reverse(self.id))
    }
}

impl PartialEq for Match {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}
impl Eq for Match {}
impl PartialOrd for Match {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Match {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// A hit of the page.
pub(super) struct PageHit {
    pub(super) address: DocAddress,
    pub(super) score: f32,
    /// Its sort key, of which the greater comes first.
    pub(super) key: i64,
    /// Its id.
    pub(super) id: String,
}

/// Gathers the best matches, segment by segment.
pub(super) struct Best<'a> {
    sort: Sort,
    keep: Keep,
    cursor: Option<&'a Cursor>,
    segments: Vec<Segment>,
    /// The worst kept of the segment on top.
    heap: BinaryHeap<Reverse<Match>>,
    kept: Vec<Match>,
    stories: Option<Stories>,
}

struct Segment {
    ids: Option<StrColumn>,
    /// What comes after the cursor has a lesser key, or the same and an ordinal of at least this.
    bound: Option<(i64, u32)>,
}

impl Segment {
    fn open(ids: Option<StrColumn>, cursor: Option<&Cursor>) -> io::Result<Self> {
        let bound = match (&ids, cursor) {
            (Some(ids), Some(cursor)) => {
                let next = match ids.dictionary().term_ord_or_next(&cursor.tie)? {
                    TermOrdHit::Exact(ordinal) => ordinal + 1,
                    TermOrdHit::Next(ordinal) => ordinal,
                };
                Some((cursor.key, next.min(u64::from(u32::MAX)) as u32))
            }
            _ => None,
        };
        Ok(Self { ids, bound })
    }

    fn is_after_cursor(&self, key: i64, id: u32) -> bool {
        self.bound.is_none_or(|(last, next)| key < last || key == last && id >= next)
    }
}

/// The best match of each story.
#[derive(Default)]
struct Stories {
    /// Of the segment, by ordinal of the story.
    here: HashMap<u32, Match>,
    /// Of all segments so far, by the group of the story.
    all: HashMap<u64, Match>,
}

impl<'a> Best<'a> {
    pub(super) fn new(sort: Sort, keep: Keep, cursor: Option<&'a Cursor>, collapse: bool) -> Self {
        let stories = collapse.then(Stories::default);
        Self { sort, keep, cursor, segments: Vec::new(), heap: BinaryHeap::new(), kept: Vec::new(), stories }
    }

    /// Begins the next segment.
    pub(super) fn begin(&mut self, ids: Option<StrColumn>) -> io::Result<()> {
        self.segments.push(Segment::open(ids, self.cursor)?);
        Ok(())
    }

    /// Offers a match of the segment; `published` is its sort key, `story` the ordinal of its story.
    pub(super) fn offer(&mut self, doc: DocId, score: f32, published: Option<i64>, story: Option<u32>) {
        let Some(segment) = self.segments.last() else { return };
        let key = match self.sort {
            // Scores are never negative, and the bits of such floats sort as they do. The last bits depend on the order in
            // which parts were added up, which a merge of segments may change; they must not decide.
            Sort::Relevance => i64::from(score.max(0.0).to_bits() >> 8),
            Sort::Newest => published.unwrap_or(i64::MIN),
            Sort::Oldest => published.map_or(i64::MIN, |published| -published),
        };
        if self.stories.is_none()
            && let Keep::Page(size) = self.keep
            && self.heap.len() >= size
            && self.heap.peek().is_some_and(|worst| key < worst.0.key)
        {
            return;
        }
        let id = segment.ids.as_ref().and_then(|it| it.ords().first(doc)).unwrap_or_default() as u32;
        let found = Match { key, id, segment: (self.segments.len() - 1) as u32, doc, score };
        match (&mut self.stories, self.keep) {
            (Some(stories), _) => {
                let known = stories.here.entry(story.unwrap_or_default()).or_insert(found);
                *known = found.max(*known);
            }
            (None, Keep::Everything) => self.kept.push(found),
            (None, Keep::Page(size)) if segment.is_after_cursor(key, id) => {
                self.heap.push(Reverse(found));
                if self.heap.len() > size {
                    self.heap.pop();
                }
            }
            _ => {}
        }
    }

    /// Ends the segment. `groups` gives the group of each of its stories.
    pub(super) fn end(&mut self, groups: &[u64]) -> io::Result<()> {
        self.kept.extend(std::mem::take(&mut self.heap).into_iter().map(|it| it.0));
        let Some(mut stories) = self.stories.take() else { return Ok(()) };
        for (ordinal, found) in std::mem::take(&mut stories.here) {
            let group = groups.get(ordinal as usize).copied().unwrap_or_default();
            let better = match stories.all.get(&group) {
                Some(known) if known.key == found.key => self.id(&found)? < self.id(known)?,
                Some(known) => found.key > known.key,
                None => true,
            };
            if better {
                stories.all.insert(group, found);
            }
        }
        self.stories = Some(stories);
        Ok(())
    }

    fn id(&self, found: &Match) -> io::Result<String> {
        let mut text = String::new();
        if let Some(ids) = &self.segments[found.segment as usize].ids {
            ids.ord_to_str(u64::from(found.id), &mut text)?;
        }
        Ok(text)
    }

    /// Returns how many stories matched, with `collapse`.
    pub(super) fn stories(&self) -> Option<u64> {
        self.stories.as_ref().map(|stories| stories.all.len() as u64)
    }

    /// Returns the page, the best first.
    pub(super) fn page(mut self) -> io::Result<Vec<PageHit>> {
        let Keep::Page(size) = self.keep else { return Ok(Vec::new()) };
        if let Some(stories) = self.stories.take() {
            let after = |it: &Match| self.segments[it.segment as usize].is_after_cursor(it.key, it.id);
            self.kept = stories.all.into_values().filter(after).collect();
        }
        // Ids are texts, and slow to read: only of what its key lets onto the page, and of each segment no more than a page.
        if self.kept.len() > size && size > 0 {
            let (_, last, _) = self.kept.select_nth_unstable_by_key(size - 1, |it| Reverse(it.key));
            let least = last.key;
            self.kept.retain(|it| it.key >= least);
        }
        self.kept.sort_unstable_by(|a, b| a.segment.cmp(&b.segment).then(b.cmp(a)));
        let mut hits = Vec::new();
        for of_segment in self.kept.chunk_by(|a, b| a.segment == b.segment) {
            for found in of_segment.iter().take(size) {
                hits.push((Reverse(found.key), self.id(found)?, *found));
            }
        }
        hits.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let hit = |(_, id, found): (Reverse<i64>, String, Match)| PageHit {
            address: DocAddress::new(found.segment, found.doc),
            score: found.score,
            key: found.key,
            id,
        };
        Ok(hits.into_iter().take(size).map(hit).collect())
    }

    /// Returns everything: by date as pages would show it, or, by relevance, as it is stored. 24 bytes a match.
    pub(super) fn everything(mut self) -> io::Result<Vec<DocAddress>> {
        if let Some(stories) = self.stories.take() {
            self.kept = stories.all.into_values().collect();
        }
        let mut kept = std::mem::take(&mut self.kept);
        if self.sort == Sort::Relevance {
            kept.sort_unstable_by_key(|it| (it.segment, it.doc));
        } else {
            kept.sort_unstable_by_key(|it| (Reverse(it.key), it.segment, it.id));
            for tied in kept.chunk_by_mut(|a, b| a.key == b.key) {
                self.sort_by_id(tied)?;
            }
        }
        Ok(kept.into_iter().map(|it| DocAddress::new(it.segment, it.doc)).collect())
    }

    /// Sorts matches of one key. Those of one segment are sorted already.
    fn sort_by_id(&self, tied: &mut [Match]) -> io::Result<()> {
        if tied.first().map(|it| it.segment) == tied.last().map(|it| it.segment) {
            return Ok(());
        }
        let mut texts = Vec::with_capacity(tied.len());
        for found in tied.iter() {
            texts.push((self.id(found)?, *found));
        }
        texts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (place, (_, found)) in tied.iter_mut().zip(texts) {
            *place = found;
        }
        Ok(())
    }
}
