//! Features of a token for the tagger: the word, its neighbours, the capitalised run it stands in, the names known
//! beforehand, and what the rest of the article says of the same word.
//!
//! Training and tagging call the same functions; a change here means training anew. Features are in three parts, so that
//! the tagger adds up once what does not change: of a spelling, of a word over the article, of a token.

use std::ops::Range;

use super::{
    document::{Context, Group, Words},
    names::Mark,
    word::{Case, Hash, Word, mix},
};

/// Stands for "nothing there".
const NONE: Hash = 1;
/// Words that may stand inside a name.
const CONNECTORS: [&str; 16] =
    ["of", "de", "del", "la", "bin", "al", "&", "-", "van", "von", "der", "el", "ibn", "da", "dos", "'s"];

/// Where features go: rows of the model.
pub(crate) struct Rows {
    /// Numbers of rows.
    pub(crate) rows: Vec<u32>,
    mask: u64,
}

impl Rows {
    /// `mask` is the number of rows of the model, less one.
    pub(crate) fn new(mask: u64) -> Self {
        Self { rows: Vec::with_capacity(128), mask }
    }

    #[inline]
    fn add(&mut self, template: u64, a: Hash, b: Hash) {
        self.rows.push((mix(mix(template, a), b) & self.mask) as u32);
    }
}

/// Adds the features of a spelling, wherever it stands.
pub(crate) fn spelling(word: &Word, rows: &mut Rows) {
    let case = word.case as u64;
    rows.add(1, 0, 0);
    rows.add(2, word.form, 0);
    rows.add(3, word.lower, 0);
    rows.add(4, word.shape, 0);
    rows.add(5, word.short_shape, 0);
    let (prefixes, suffixes) = word.affixes();
    for at in 0..4 {
        if prefixes[at] != 0 {
            rows.add(10 + at as u64, prefixes[at], 0);
        }
        if suffixes[at] != 0 {
            rows.add(20 + at as u64, suffixes[at], 0);
        }
    }
    rows.add(25, word.ending, case);
}

/// Adds what the article as a whole says of a word: its neighbours wherever it stands, and whether it is also written small.
pub(crate) fn group(words: &Words, group: &Group, rows: &mut Rows) {
    rows.add(110, u64::from(group.count.min(4)), u64::from(group.small.min(1)));
    if let Some((last, first)) = group.long_form {
        rows.add(140, 1, 0);
        rows.add(141, last, 0);
        rows.add(142, first, 0);
    }
    if group.count < 2 {
        return;
    }
    for at in group.places() {
        if let Some(before) = at.checked_sub(1).map(|before| &words.all[before]) {
            rows.add(113, before.lower, 0);
            rows.add(119, u64::from(before.clusters.1), 0);
            rows.add(115, before.case as u64, u64::from(before.lists));
            rows.add(117, words.marks[at - 1].all(), 0);
        }
        if let Some(after) = words.all.get(at + 1) {
            rows.add(114, after.lower, 0);
            rows.add(109, u64::from(after.clusters.1), 0);
            rows.add(116, after.case as u64, u64::from(after.lists));
            rows.add(118, words.marks[at + 1].all(), 0);
        }
    }
}

/// A sentence with its runs looked up.
pub(crate) struct Sentence<'a> {
    words: &'a [Word<'a>],
    marks: &'a [Mark],
    runs: Vec<(usize, usize)>,
    capitals: u64,
    start: usize,
    context: &'a Context,
}

impl<'a> Sentence<'a> {
    /// Looks a sentence up.
    pub(crate) fn new(document: &'a Words, context: &'a Context, range: Range<usize>) -> Self {
        let words = &document.all[range.clone()];
        let lower = words.iter().filter(|word| word.case == Case::Lower).count();
        let upper = words.iter().filter(|word| word.is_capital()).count();
        let capitals = match (lower, upper) {
            (0, 3..) => 2,
            _ if upper > 3 && upper * 10 > (upper + lower) * 7 => 1,
            _ => 0,
        };
        Self { words, marks: &document.marks[range.clone()], runs: runs(words), capitals, start: range.start, context }
    }

    /// Adds the features of a token where it stands.
    pub(crate) fn token(&self, at: usize, rows: &mut Rows) {
        let case = self.words[at].case as u64;
        rows.add(6, case, self.capitals);
        if at == 0 {
            rows.add(50, case, 0);
        }
        self.around(at, rows);
        self.run(at, rows);
        self.listed(at, rows);
        self.known(at, rows);
        self.used(at, rows);
        if let Some(group) = self.context.group(self.start + at) {
            let group = &self.context.groups[group];
            let first = u64::from(at == 0);
            rows.add(111, u64::from(group.small.min(2)), first);
            rows.add(112, u64::from(group.middle > u32::from(at > 0)), first);
        }
    }

    fn word(&self, at: usize, offset: isize) -> Option<&Word<'a>> {
        self.words.get(at.checked_add_signed(offset)?)
    }

    fn around(&self, at: usize, rows: &mut Rows) {
        let word = &self.words[at];
        let around = [-2, -1, 1, 2].map(|offset| self.word(at, offset));
        let lower = around.map(|it| it.map_or(NONE, |word| word.lower));
        let shape = around.map(|it| it.map_or(NONE, |word| word.shape));
        for at in 0..4 {
            rows.add(30 + at as u64, lower[at], 0);
            rows.add(35 + at as u64, shape[at], 0);
        }
        rows.add(40, lower[1], word.lower);
        rows.add(41, word.lower, lower[2]);
        rows.add(42, mix(shape[1], word.shape), shape[2]);
        rows.add(43, shape[1], word.shape);
        rows.add(44, word.shape, shape[2]);
        rows.add(45, lower[1], word.shape);
        rows.add(46, word.shape, lower[2]);
        rows.add(47, lower[1], lower[2]);
        rows.add(48, mix(lower[0], lower[1]), word.short_shape);
        rows.add(49, mix(lower[2], lower[3]), word.short_shape);
        for (template, other) in [(51, around[1]), (52, around[2])] {
            if let Some(other) = other {
                rows.add(template, other.ending, word.case as u64);
            }
        }
    }

    /// The capitalised run a token stands in: what is before and after it, its head, its length.
    fn run(&self, at: usize, rows: &mut Rows) {
        let (start, end) = self.runs[at];
        if start == end {
            return;
        }
        let lower = |at: Option<usize>| at.and_then(|at| self.words.get(at)).map_or(NONE, |word| word.lower);
        let (before, after) = (lower(start.checked_sub(1)), lower(Some(end)));
        let length = (end - start).min(5) as u64;
        let (from_start, to_end) = ((at - start).min(4) as u64, (end - 1 - at).min(4) as u64);
        let (first, last) = (&self.words[start], &self.words[end - 1]);
        rows.add(60, before, 0);
        rows.add(61, after, 0);
        rows.add(62, last.lower, to_end);
        rows.add(63, first.lower, from_start);
        rows.add(64, length, from_start);
        rows.add(65, before, mix(length, from_start));
        rows.add(66, after, mix(length, to_end));
        rows.add(67, last.ending, 0);
        rows.add(68, lower(start.checked_sub(2)), before);
        rows.add(69, after, lower(Some(end + 1)));
        rows.add(58, before, after);
        rows.add(59, last.lower, before);
        rows.add(81, u64::from(first.lists), from_start.min(3));
        rows.add(82, u64::from(last.lists), to_end.min(3));
        rows.add(83, self.marks[start].all(), from_start.min(3));
        rows.add(84, self.marks[end - 1].all(), to_end.min(3));
        if end - start > 1 {
            rows.add(85, self.marks[start].all(), self.marks[end - 1].all());
        }
    }

    fn listed(&self, at: usize, rows: &mut Rows) {
        let word = &self.words[at];
        let lists = |offset: isize| self.word(at, offset).map_or(0, |word| u64::from(word.lists));
        let (own, before, after) = (lists(0), lists(-1), lists(1));
        if own != 0 {
            rows.add(70, own, 0);
            rows.add(71, own, word.case as u64 * 8 + u64::from(at == 0));
        }
        rows.add(73, before, word.short_shape);
        rows.add(74, after, word.short_shape);
        rows.add(75, mix(before, own), after);
        if own != 0 {
            rows.add(77, own, self.word(at, -1).map_or(NONE, |word| word.lower));
            rows.add(78, own, self.word(at, 1).map_or(NONE, |word| word.lower));
        }
        if before != 0 {
            rows.add(79, before, word.case as u64);
        }
        if after != 0 {
            rows.add(80, after, word.case as u64);
        }
    }

    /// The names known beforehand that the token and its neighbours are part of.
    fn known(&self, at: usize, rows: &mut Rows) {
        let word = &self.words[at];
        let own = self.marks[at];
        let mark = |offset: isize| {
            at.checked_add_signed(offset).and_then(|at| self.marks.get(at)).map_or(NONE << 32, |mark| mark.all())
        };
        let (all, before, after) = (own.all(), mark(-1), mark(1));
        let cased = word.case as u64 * 8 + u64::from(at == 0);
        rows.add(90, u64::from(own.place), cased);
        rows.add(91, u64::from(own.person), cased);
        rows.add(92, u64::from(own.organization), cased);
        rows.add(93, all, cased);
        rows.add(94, before, word.short_shape);
        rows.add(95, after, word.short_shape);
        rows.add(96, before, all);
        rows.add(97, all, after);
        rows.add(98, mix(before, all), after);
        rows.add(99, all, self.word(at, -1).map_or(NONE, |word| word.lower));
        rows.add(100, all, self.word(at, 1).map_or(NONE, |word| word.lower));
        rows.add(101, all, word.ending);
    }

    /// How the words around are used: their clusters.
    fn used(&self, at: usize, rows: &mut Rows) {
        let shape = self.words[at].short_shape;
        let around = [-2, -1, 0, 1, 2].map(|offset| {
            self.word(at, offset)
                .map_or((0, NONE << 16), |word| (u64::from(word.clusters.0), u64::from(word.clusters.1)))
        });
        for (at, (coarse, fine)) in around.into_iter().enumerate() {
            rows.add(150 + at as u64, coarse, shape);
            rows.add(155 + at as u64, fine, 0);
        }
        let fine = around.map(|it| it.1);
        rows.add(160, fine[1], shape);
        rows.add(161, fine[3], shape);
        rows.add(162, mix(fine[1], fine[3]), shape);
        rows.add(163, mix(fine[0], fine[1]), shape);
        rows.add(164, mix(fine[3], fine[4]), shape);
        let (start, end) = self.runs[at];
        if start < end {
            let fine = |at: Option<usize>| {
                at.and_then(|at| self.words.get(at)).map_or(NONE << 16, |word| u64::from(word.clusters.1))
            };
            let (before, after) = (fine(start.checked_sub(1)), fine(Some(end)));
            rows.add(165, before, 0);
            rows.add(166, after, 0);
            rows.add(167, before, after);
            rows.add(168, fine(Some(end - 1)), (end - 1 - at).min(3) as u64);
        }
    }
}

/// What the first reading found of the capitalised words of an article.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    /// By group: how often it is part of a person, a place, an organization, nothing; then of a longer name of each kind,
    /// and the last word of one.
    counts: Vec<[u16; 8]>,
}

/// The kind of a label: 0 to 2, and 3 for none.
fn kind(label: u8) -> usize {
    if label == 0 { 3 } else { usize::from(label - 1) / 2 }
}

impl Votes {
    /// Counts the labels of an article.
    pub(crate) fn of(words: &Words, context: &Context, labels: &[u8]) -> Self {
        let mut votes = Self { counts: vec![[0; 8]; context.groups.len()] };
        for range in &words.sentences {
            for at in range.clone() {
                if let Some(group) = context.group(at) {
                    let counts = &mut votes.counts[group];
                    for slot in Self::slots(labels, range, at).into_iter().flatten() {
                        counts[slot] = counts[slot].saturating_add(1);
                    }
                }
            }
        }
        votes
    }

    /// Which counts a word adds to.
    fn slots(labels: &[u8], sentence: &Range<usize>, at: usize) -> [Option<usize>; 3] {
        let label = labels[at];
        let inside = |at: usize| at < sentence.end && labels[at] != 0 && labels[at].is_multiple_of(2);
        let long = label != 0 && (inside(at) || inside(at + 1));
        let last = long && !inside(at + 1);
        [Some(kind(label)), long.then(|| 4 + kind(label)), last.then_some(7)]
    }
}

/// What the first reading of an article found: a label for each word, and how each word was labelled in all.
#[derive(Clone, Copy)]
pub(crate) struct FirstReading<'a> {
    pub(crate) votes: &'a Votes,
    pub(crate) labels: &'a [u8],
}

/// Adds what the first reading found at a token, beside it, and of its word elsewhere in the article. `at` counts the words
/// of the document.
pub(crate) fn second(context: &Context, first: FirstReading, (sentence, at): (&Range<usize>, usize), rows: &mut Rows) {
    let FirstReading { votes, labels } = first;
    let own = u64::from(labels[at]);
    rows.add(125, own, 0);
    let beside = |at: Option<usize>| at.filter(|at| sentence.contains(at)).map_or(9, |at| u64::from(labels[at]));
    rows.add(126, beside(at.checked_sub(1)), own);
    rows.add(127, beside(Some(at + 1)), own);
    let Some(group) = context.group(at) else { return };
    let mut counts = votes.counts[group];
    for slot in Votes::slots(labels, sentence, at).into_iter().flatten() {
        counts[slot] = counts[slot].saturating_sub(1);
    }
    let most = |slots: Range<usize>| {
        let best = slots.clone().max_by_key(|slot| (counts[*slot], usize::MAX - slot));
        best.filter(|slot| counts[*slot] > 0).map_or(9, |slot| slot as u64)
    };
    let (single, long) = (most(0..4), most(4..7));
    let total: u64 = counts[..4].iter().map(|count| u64::from(*count)).sum();
    let agreeing = counts.get(single as usize).map_or(0, |count| u64::from(*count) * 4);
    let share = agreeing.checked_div(total).unwrap_or(9);
    rows.add(120, single, own);
    rows.add(121, single, share);
    rows.add(122, long, own);
    rows.add(123, long, single);
    for slot in 0..4 {
        if counts[slot] > 0 {
            rows.add(124, slot as u64, 0);
        }
    }
    rows.add(128, mix(single, long), mix(total.min(4), u64::from(counts[7].min(2))));
}

/// For each token the capitalised run it stands in, connectors inside; an empty range for none.
fn runs(words: &[Word]) -> Vec<(usize, usize)> {
    let mut runs = vec![(0, 0); words.len()];
    let mut at = 0;
    while at < words.len() {
        if !words[at].is_capital() {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < words.len() {
            if words[end].is_capital() {
                end += 1;
            } else if end + 1 < words.len() && words[end + 1].is_capital() && CONNECTORS.contains(&words[end].text) {
                end += 2;
            } else {
                break;
            }
        }
        runs[at..end].fill((at, end));
        at = end;
    }
    runs
}
