//! Counting facet values: by ordinal while matches stream by, by name only for what is shown.
//!
//! Ordinals are numbered per segment. Which ordinals of different segments are one value (folded) is remembered per
//! segment as a number each, because segments never change; a global numbering would cost every opening of the index.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tantivy::{Searcher, SegmentReader, columnar::StrColumn, index::SegmentId};

use crate::{
    document::{Facet, label},
    index::FacetCounts,
    query::FacetRequest,
    text::{fold::fold, terms::terms},
};

/// Groups by segment and column.
type Known = HashMap<(SegmentId, &'static str), Arc<[u64]>>;

/// For each ordinal of a column the group it belongs to: equal for values that fold alike, in every segment.
#[derive(Default)]
pub(super) struct Groups {
    known: Mutex<Known>,
    hasher: RandomState,
}

impl Groups {
    /// Returns the groups of a column of a segment; worked out once.
    pub(super) fn of(&self, segment: &SegmentReader, name: &'static str, column: &StrColumn) -> io::Result<Arc<[u64]>> {
        let key = (segment.segment_id(), name);
        if let Some(groups) = self.known().get(&key) {
            return Ok(Arc::clone(groups));
        }
        let mut groups = Vec::with_capacity(column.num_terms());
        let mut values = column.dictionary().stream()?;
        while values.advance() {
            groups.push(self.hasher.hash_one(fold(&String::from_utf8_lossy(values.key()))));
        }
        let groups: Arc<[u64]> = groups.into();
        self.known().insert(key, Arc::clone(&groups));
        Ok(groups)
    }

    /// Forgets segments that are no longer searched.
    pub(super) fn forget_all_but(&self, searcher: &Searcher) {
        let alive: HashSet<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        self.known().retain(|(segment, _), _| alive.contains(segment));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often one spelling was counted in one segment.
#[derive(Clone, Copy)]
struct Entry {
    group: u64,
    count: u32,
    segment: u32,
    ordinal: u32,
}

/// The counts of one facet.
#[derive(Default)]
pub(super) struct Counts {
    entries: Vec<Entry>,
    columns: Vec<Option<StrColumn>>,
}

/// Numbers by group. Groups are hashes already, so that they need no hashing.
type ByGroup<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// Takes a number for its hash.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A value under all its spellings: its count and its entries.
struct Value<'a> {
    count: u64,
    entries: &'a [Entry],
}

impl Counts {
    /// Adds what was counted in the next segment.
    pub(super) fn add_segment(&mut self, column: Option<StrColumn>, counts: &[u32], groups: &[u64]) {
        let segment = self.columns.len() as u32;
        for (ordinal, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let group = groups.get(ordinal).copied().unwrap_or_default();
            self.entries.push(Entry { group, count: *count, segment, ordinal: ordinal as u32 });
        }
        self.columns.push(column);
    }

    /// Returns the values one of whose words begins like the prefix, the largest first, ties by name.
    pub(super) fn into_counts(mut self, request: &FacetRequest) -> io::Result<FacetCounts> {
        let prefix = fold(request.prefix.trim());
        if !prefix.is_empty() {
            self.keep_called(request.facet, &prefix)?;
        }
        let mut totals = ByGroup::<u64>::with_capacity_and_hasher(self.entries.len(), BuildHasherDefault::default());
        self.entries.iter().for_each(|it| *totals.entry(it.group).or_default() += u64::from(it.count));
        let distinct = totals.len() as u64;
        if totals.len() > request.limit && request.limit > 0 {
            let mut counts: Vec<u64> = totals.values().copied().collect();
            let (_, least, _) = counts.select_nth_unstable_by(request.limit - 1, |a, b| b.cmp(a));
            // All that tie with the last are kept until their names decide.
            self.entries.retain(|it| totals.get(&it.group) >= Some(least));
        }
        self.entries.sort_unstable_by_key(|it| (it.group, it.segment, it.ordinal));
        let values: Vec<Value> = self.entries.chunk_by(|a, b| a.group == b.group).map(Value::of).collect();
        let names = self.names(values.iter().flat_map(|value| value.entries.iter().copied()))?;
        let mut named: Vec<(String, u64)> = values.iter().map(|value| (value.spelling(&names), value.count)).collect();
        named.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        named.truncate(request.limit);
        Ok(FacetCounts { values: named, distinct })
    }

    /// Drops the values that are not called so.
    fn keep_called(&mut self, facet: Facet, prefix: &str) -> io::Result<()> {
        // All spellings of a value fold alike, so that one of them speaks for all.
        let mut first = ByGroup::<Entry>::default();
        self.entries.iter().for_each(|it| _ = first.entry(it.group).or_insert(*it));
        let names = self.names(first.values().copied())?;
        first.retain(|_, it| names.get(&it.place()).is_some_and(|name| is_called(facet, name, prefix)));
        self.entries.retain(|it| first.contains_key(&it.group));
        Ok(())
    }

    /// Reads the names of entries, in the order in which they are stored.
    fn names(&self, entries: impl Iterator<Item = Entry>) -> io::Result<HashMap<(u32, u32), String>> {
        let mut places: Vec<(u32, u32)> = entries.map(|it| it.place()).collect();
        places.sort_unstable();
        let mut names = HashMap::with_capacity(places.len());
        for of_segment in places.chunk_by(|a, b| a.0 == b.0) {
            let Some(column) = &self.columns[of_segment[0].0 as usize] else { continue };
            let ordinals: Vec<u64> = of_segment.iter().map(|(_, ordinal)| u64::from(*ordinal)).collect();
            let mut next = of_segment.iter();
            column.dictionary().sorted_ords_to_term_cb(&ordinals, |name| {
                if let Some(place) = next.next() {
                    names.insert(*place, String::from_utf8_lossy(name).into_owned());
                }
            })?;
        }
        Ok(names)
    }
}

impl Entry {
    fn place(&self) -> (u32, u32) {
        (self.segment, self.ordinal)
    }
}

impl<'a> Value<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        Self { count: entries.iter().map(|it| u64::from(it.count)).sum(), entries }
    }

    /// Returns the most frequent spelling, the first in order among equals.
    fn spelling(&self, names: &HashMap<(u32, u32), String>) -> String {
        let mut forms: Vec<(&str, u64)> = Vec::with_capacity(1);
        for entry in self.entries {
            let Some(name) = names.get(&entry.place()) else { continue };
            match forms.iter_mut().find(|(form, _)| form == name) {
                Some((_, count)) => *count += u64::from(entry.count),
                None => forms.push((name, u64::from(entry.count))),
            }
        }
        let best = forms.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
        best.map(|(form, _)| form.to_owned()).unwrap_or_default()
    }
}

/// Says whether the value, what readers call it, or a word of either begins so. The prefix is folded.
fn is_called(facet: Facet, value: &str, prefix: &str) -> bool {
    begins(&fold(value), prefix) || label(facet, value).is_some_and(|it| begins(&fold(it), prefix))
}

/// Says whether the value, or one of its words, begins so. Both are folded.
fn begins(value: &str, prefix: &str) -> bool {
    value.starts_with(prefix)
        || value.contains(prefix)
            && terms(value, Some("none"))
                .iter()
                .any(|term| value.get(term.start as usize..).is_some_and(|it| it.starts_with(prefix)))
}
