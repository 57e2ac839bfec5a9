//! Counting publication dates, and putting them into the buckets of a histogram.

use std::collections::HashMap;

use crate::{article::Date, index::Histogram, query::Interval};

/// Articles by the interval of their publication.
#[derive(Default)]
pub(super) struct Dates {
    /// By first day and precision (0 year, 1 month, 2 day).
    days: HashMap<(i32, u8), u64>,
    undated: u64,
}

impl Dates {
    /// Counts one article by the first and last day of its date.
    pub(super) fn count(&mut self, first: Option<i64>, last: Option<i64>) {
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

    /// Puts the counted days into buckets; what is known less exactly lies under what is known of it.
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
