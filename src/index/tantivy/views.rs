//! States of the index that are being paged through.
//!
//! A commit or a merge changes how often words occur, and with it every score a little: a page that begins after a score of
//! the state before would repeat or lose hits. So the last few states with further pages are held for a while.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tantivy::Searcher;

/// The most states that are held; each keeps the files of its segments on disk.
const MOST_HELD: usize = 4;
/// How long a state is held after it was last asked for.
const HELD_FOR: Duration = Duration::from_mins(10);

struct View {
    number: u64,
    asked: Instant,
    searcher: Searcher,
}

/// States that are held, the one asked for last at the end.
#[derive(Default)]
pub(super) struct Views {
    held: Mutex<VecDeque<View>>,
}

impl Views {
    /// Holds a state, because there are further pages of it.
    pub(super) fn hold(&self, searcher: &Searcher) {
        let number = number(searcher);
        let mut held = self.held();
        held.retain(|view| view.number != number && view.asked.elapsed() < HELD_FOR);
        held.push_back(View { number, asked: Instant::now(), searcher: searcher.clone() });
        if held.len() > MOST_HELD {
            held.pop_front();
        }
    }

    /// Returns a state that is still held.
    pub(super) fn find(&self, number: u64) -> Option<Searcher> {
        let held = self.held();
        let view = held.iter().find(|view| view.number == number && view.asked.elapsed() < HELD_FOR);
        view.map(|view| view.searcher.clone())
    }

    fn held(&self) -> MutexGuard<'_, VecDeque<View>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a number that tells states apart: equal for the same segments with the same deletions, also after reopening.
pub(super) fn number(searcher: &Searcher) -> u64 {
    let written = format!("{:?}", searcher.generation().segments());
    let bytes = blake3::hash(written.as_bytes());
    bytes.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
