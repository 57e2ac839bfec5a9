//! The authority as it is now, for whoever runs long: loaded once, and again when somebody has changed it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Error, Ledger};
use crate::authority::Authority;

/// How long it is used before the ledger is asked whether it changed.
const AGE: Duration = Duration::from_secs(1);

/// The authority in memory, shared by threads; loaded when it is first asked for.
pub struct Current {
    ledger: Arc<Ledger>,
    held: Mutex<Option<Held>>,
}

struct Held {
    authority: Arc<Authority>,
    version: i64,
    asked: Instant,
}

impl Current {
    /// Returns the authority of a ledger, not loaded yet.
    pub fn of(ledger: Arc<Ledger>) -> Self {
        Self { ledger, held: Mutex::new(None) }
    }

    /// Returns the authority, at most a second old; the one that is held if the ledger cannot be asked.
    pub fn get(&self) -> Arc<Authority> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|it| it.asked.elapsed() >= AGE)
            && let Err(error) = self.renew(&mut held)
        {
            tracing::error!(%error, "the authority could not be read");
        }
        held.as_ref().map(|it| Arc::clone(&it.authority)).unwrap_or_default()
    }

    fn renew(&self, held: &mut Option<Held>) -> Result<(), Error> {
        let asked = Instant::now();
        // The number first: a change between the two is seen the next time.
        let version = self.ledger.authority_version()?;
        match held {
            Some(held) if held.version == version => held.asked = asked,
            _ => *held = Some(Held { authority: Arc::new(self.ledger.authority()?), version, asked }),
        }
        Ok(())
    }
}
