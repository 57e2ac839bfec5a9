//! The time that one search may take. Every part of a search that can be long looks at the same clock.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use tantivy::TantivyError;

use crate::index::Error;

/// How many steps of some work are done between two looks at the clock.
const STEPS: u32 = 2_048;

/// When a search must end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    until: Instant,
    allowed: Duration,
}

impl Clock {
    /// Starts now.
    pub(super) fn start(allowed: Duration) -> Self {
        Self { until: Instant::now() + allowed, allowed }
    }

    /// Says whether the time is up.
    pub(super) fn is_late(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Fails if the time is up.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.is_late() { Err(Error::TimedOut(self.allowed.as_millis() as u64)) } else { Ok(()) }
    }

    /// Turns a failure inside tantivy into ours; work that broke off because it was late comes out as an error, too.
    pub(super) fn failed(&self, error: &dyn Display) -> Error {
        self.check().err().unwrap_or_else(|| Error::Engine(error.to_string()))
    }
}

/// Counts the steps of one work and looks at the clock now and then.
pub(super) struct Steps {
    clock: Clock,
    left: u32,
}

impl Steps {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, left: STEPS }
    }

    /// Counts one step; `true` if the work must break off.
    pub(super) fn late(&mut self) -> bool {
        self.left -= 1;
        if self.left > 0 {
            return false;
        }
        self.left = STEPS;
        self.clock.is_late()
    }

    /// Counts one step inside a tantivy query.
    pub(super) fn step(&mut self) -> tantivy::Result<()> {
        if self.late() { Err(TantivyError::InternalError("the time is up".to_owned())) } else { Ok(()) }
    }
}
