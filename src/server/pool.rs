//! Blocking work off the async threads, a bounded amount of it at a time; whoever comes in vain is told to come back.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use super::error::Error;

/// How long a request waits for its turn before it is turned away.
const PATIENCE: Duration = Duration::from_secs(3);
/// Exports last as long as their reader takes, so they have few places of their own and cannot starve searches.
const EXPORTS: usize = 4;

/// Places for blocking work.
#[derive(Clone)]
pub(super) struct Pool {
    places: Arc<Semaphore>,
    exports: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new() -> Self {
        let cores = available_parallelism().map_or(4, usize::from);
        Self { places: Arc::new(Semaphore::new((cores * 4).max(8))), exports: Arc::new(Semaphore::new(EXPORTS)) }
    }

    /// Runs the work on a blocking thread; [`Error::Busy`] if no place became free in time.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = take(&self.places).await?;
        let done = spawn_blocking(move || {
            let _held_until_done = place;
            work()
        });
        done.await.map_err(|failure| Error::Internal(failure.to_string()))?
    }

    /// Takes one of the places for exports, held for as long as the permit lives.
    pub(super) async fn export_place(&self) -> Result<OwnedSemaphorePermit, Error> {
        take(&self.exports).await
    }
}

async fn take(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    match timeout(PATIENCE, Arc::clone(places).acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        _ => Err(Error::Busy),
    }
}
