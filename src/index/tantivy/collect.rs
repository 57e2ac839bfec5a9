//! One pass over the matches of a search: total, facets by column ordinal, dates, and the best hits.
//!
//! Counting ordinals costs a tenth of what general aggregations do and is exact; ordinals are numbered per segment, so
//! names are looked up once per segment, when counting is over.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap},
    time::{Duration, Instant},
};

use tantivy::{
    DocAddress, Searcher, SegmentReader,
    columnar::{Column, StrColumn},
    query::{EnableScoring, Query},
};

use crate::{
    article::Date,
    index::{Error, FacetCounts, Histogram},
    query::{Cursor, FacetRequest, Interval, Sort},
    text::{fold::fold, terms::terms},
};

/// How many matches are counted between two looks at the clock.
const CLOCK_EVERY: u32 = 4_096;

/// What one pass is to find out.
pub(super) struct Pass<'a> {
    pub(super) facets: &'a [FacetRequest],
    pub(super) dates: bool,
    pub(super) sort: Sort,
    /// Hits to keep; 0 for none.
    pub(super) keep: usize,
    pub(super) cursor: Option<&'a Cursor>,
    pub(super) collapse: bool,
    pub(super) deadline: Duration,
}

/// What one pass found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) total: u64,
    /// Best first.
    pub(super) hits: Vec<(DocAddress, f32, Cursor)>,
    facets: Vec<HashMap<String, Spellings>>,
    /// Counts by first day and precision (0 year, 1 month, 2 day).
    days: HashMap<(i32, u8), u64>,
    undated: u64,
}

/// A value counted under all its spellings.
#[derive(Default)]
struct Spellings {
    count: u64,
    /// Each spelling with its count; nearly always one.
    forms: Vec<(u64, String)>,
}

impl Spellings {
    fn add(&mut self, value: String, count: u64) {
        self.count += count;
        match self.forms.iter_mut().find(|(_, form)| *form == value) {
            Some((known, _)) => *known += count,
            None => self.forms.push((count, value)),
        }
    }

    /// Returns the most frequent spelling, the first in order among equals.
    fn best(self) -> String {
        let mut forms = self.forms;
        forms.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
        forms.swap_remove(0).1
    }
}

/// A hit on its way to the page; the greatest comes first.
struct Candidate {
    key: i64,
    id: String,
    address: DocAddress,
    score: f32,
}

impl Candidate {
    fn rank(&self) -> (i64, Reverse<&str>) {
        (self.key, Reverse(&self.id))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}
impl Eq for Candidate {}
impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// Columns of one segment.
struct Columns {
    facets: Vec<Option<StrColumn>>,
    id: Option<StrColumn>,
    story: Option<StrColumn>,
    first_day: Option<Column<i64>>,
    last_day: Option<Column<i64>>,
    published: Option<Column<i64>>,
}

impl Columns {
    fn open(segment: &SegmentReader, facets: &[FacetRequest]) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        Ok(Self {
            facets: facets.iter().map(|it| fast.str(it.facet.name())).collect::<Result<_, _>>()?,
            id: fast.str("id")?,
            story: fast.str("story")?,
            first_day: fast.column_opt("first_day")?,
            last_day: fast.column_opt("last_day")?,
            published: fast.column_opt("published")?,
        })
    }
}

/// Runs one pass.
pub(super) fn run(searcher: &Searcher, query: &dyn Query, pass: &Pass) -> Result<Found, Error> {
    let failed = |error: tantivy::TantivyError| Error::Engine(error.to_string());
    let scoring = pass.keep > 0 && pass.sort == Sort::Relevance;
    let enabled = if scoring {
        EnableScoring::enabled_from_searcher(searcher)
    } else {
        EnableScoring::disabled_from_searcher(searcher)
    };
    let weight = query.weight(enabled).map_err(failed)?;
    let mut found = Found { facets: pass.facets.iter().map(|_| HashMap::new()).collect(), ..Found::default() };
    let mut best = Best { pass, heap: BinaryHeap::new(), stories: HashMap::new() };
    let started = Instant::now();
    for (number, segment) in searcher.segment_readers().iter().enumerate() {
        let columns = Columns::open(segment, pass.facets).map_err(failed)?;
        let mut counts: Vec<Vec<u32>> =
            columns.facets.iter().map(|it| vec![0; it.as_ref().map_or(0, |it| it.dictionary().num_terms())]).collect();
        let alive = segment.alive_bitset();
        let (mut seen, mut late) = (0u32, false);
        weight
            .for_each(segment, &mut |doc, score| {
                if late || alive.is_some_and(|alive| !alive.is_alive(doc)) {
                    return;
                }
                seen += 1;
                if seen % CLOCK_EVERY == 0 {
                    late = started.elapsed() > pass.deadline;
                }
                found.total += 1;
                for (column, counts) in columns.facets.iter().zip(&mut counts) {
                    if let Some(column) = column {
                        column.ords().values_for_doc(doc).for_each(|ordinal| counts[ordinal as usize] += 1);
                    }
                }
                if pass.dates {
                    found.count_date(&columns, doc);
                }
                if pass.keep > 0 {
                    best.offer(&columns, DocAddress::new(number as u32, doc), score);
                }
            })
            .map_err(failed)?;
        if late {
            return Err(Error::TimedOut(pass.deadline.as_millis() as u64));
        }
        found.add_counts(&columns, &counts)?;
    }
    found.hits = best.into_hits();
    Ok(found)
}

struct Best<'a> {
    pass: &'a Pass<'a>,
    /// The worst kept on top.
    heap: BinaryHeap<Reverse<Candidate>>,
    /// With `collapse`: the best candidate of each story.
    stories: HashMap<String, Candidate>,
}

impl Best<'_> {
    fn offer(&mut self, columns: &Columns, address: DocAddress, score: f32) {
        let key = match self.pass.sort {
            // Scores are never negative, and the bits of such floats sort as they do.
            Sort::Relevance => i64::from(score.max(0.0).to_bits()),
            Sort::Newest | Sort::Oldest => {
                let published = columns.published.as_ref().and_then(|it| it.first(address.doc_id));
                let sign = if self.pass.sort == Sort::Newest { 1 } else { -1 };
                published.map_or(i64::MIN, |published| sign * published)
            }
        };
        if self.pass.collapse {
            let (id, story) = (read(columns.id.as_ref(), address.doc_id), read(columns.story.as_ref(), address.doc_id));
            let candidate = Candidate { key, id, address, score };
            let better = self.stories.get(&story).is_none_or(|known| candidate > *known);
            if better {
                self.stories.insert(story, candidate);
            }
            return;
        }
        if self.pass.cursor.is_some_and(|cursor| key > cursor.key) {
            return;
        }
        if self.heap.len() >= self.pass.keep && self.heap.peek().is_some_and(|worst| key < worst.0.key) {
            return;
        }
        let candidate = Candidate { key, id: read(columns.id.as_ref(), address.doc_id), address, score };
        self.keep(candidate);
    }

    fn keep(&mut self, candidate: Candidate) {
        let after = |cursor: &Cursor| candidate.rank() < (cursor.key, Reverse(cursor.tie.as_str()));
        if !self.pass.cursor.is_none_or(after) {
            return;
        }
        self.heap.push(Reverse(candidate));
        if self.heap.len() > self.pass.keep {
            self.heap.pop();
        }
    }

    fn into_hits(mut self) -> Vec<(DocAddress, f32, Cursor)> {
        for (_, candidate) in std::mem::take(&mut self.stories) {
            self.keep(candidate);
        }
        // Ascending by `Reverse` is the greatest first.
        let sorted = self.heap.into_sorted_vec();
        let hit = |Reverse(it): Reverse<Candidate>| (it.address, it.score, Cursor { key: it.key, tie: it.id });
        sorted.into_iter().map(hit).collect()
    }
}

fn read(column: Option<&StrColumn>, doc: u32) -> String {
    let mut text = String::new();
    if let Some(column) = column
        && let Some(ordinal) = column.ords().first(doc)
    {
        // A failure leaves the text empty: it sorts first and is still a stable tie-breaker.
        let _ = column.ord_to_str(ordinal, &mut text);
    }
    text
}

impl Found {
    fn count_date(&mut self, columns: &Columns, doc: u32) {
        let first = columns.first_day.as_ref().and_then(|it| it.first(doc));
        let last = columns.last_day.as_ref().and_then(|it| it.first(doc));
        let (Some(first), Some(last)) = (first, last) else {
            self.undated += 1;
            return;
        };
        let precision = match last - first {
            0 => 2,
            1..=30 => 1,
            _ => 0,
        };
        *self.days.entry((first as i32, precision)).or_default() += 1;
    }

    fn add_counts(&mut self, columns: &Columns, counts: &[Vec<u32>]) -> Result<(), Error> {
        for ((column, counts), values) in columns.facets.iter().zip(counts).zip(&mut self.facets) {
            let Some(column) = column else { continue };
            for (ordinal, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let mut value = String::new();
                column.ord_to_str(ordinal as u64, &mut value).map_err(|error| Error::Engine(error.to_string()))?;
                values.entry(fold(&value)).or_default().add(value, u64::from(*count));
            }
        }
        Ok(())
    }

    /// Takes the counts of a facet out: values one of whose words begins like the prefix, the largest first.
    pub(super) fn facet(&mut self, number: usize, request: &FacetRequest) -> FacetCounts {
        let prefix = fold(request.prefix.trim());
        let counted = std::mem::take(&mut self.facets[number]);
        let mut values: Vec<(String, u64)> = counted
            .into_iter()
            .filter(|(folded, _)| prefix.is_empty() || begins(folded, &prefix))
            .map(|(_, spellings)| (spellings.count, spellings.best()))
            .map(|(count, value)| (value, count))
            .collect();
        let distinct = values.len() as u64;
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(request.limit);
        FacetCounts { values, distinct }
    }

    /// Puts the counted days into buckets.
    pub(super) fn histogram(&self, interval: Interval) -> Histogram {
        let interval = if interval == Interval::Auto { self.fitting() } else { interval };
        let finest = match interval {
            Interval::Day => 2,
            Interval::Month | Interval::Auto => 1,
            Interval::Year => 0,
        };
        let mut buckets: HashMap<String, u64> = HashMap::new();
        for ((day, precision), count) in &self.days {
            let date = Date::from_day_number(*day).map(|date| date.to_string()).unwrap_or_default();
            let length = match finest.min(*precision) {
                0 => 4,
                1 => 7,
                _ => 10,
            };
            *buckets.entry(date.get(..length).unwrap_or(&date).to_owned()).or_default() += count;
        }
        let mut buckets: Vec<_> = buckets.into_iter().collect();
        buckets.sort();
        Histogram { interval, buckets, undated: self.undated }
    }

    /// Returns the interval that makes at most about a hundred buckets.
    fn fitting(&self) -> Interval {
        let known = || self.days.keys().filter(|(_, precision)| *precision > 0).map(|(day, _)| *day);
        match (known().min(), known().max()) {
            (Some(first), Some(last)) if last - first <= 92 => Interval::Day,
            (Some(first), Some(last)) if last - first <= 3_050 => Interval::Month,
            _ => Interval::Year,
        }
    }
}

/// Says whether the value, or one of its words, begins so. Both are folded.
pub(super) fn begins(value: &str, prefix: &str) -> bool {
    value.starts_with(prefix)
        || terms(value, Some("none"))
            .iter()
            .any(|term| value.get(term.start as usize..).is_some_and(|it| it.starts_with(prefix)))
}
