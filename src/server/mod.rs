//! The only room that knows HTTP: router, API and pages.
//!
//! A handler reads parameters, asks `search`, and builds JSON or a page; it must not know how an archive is searched or
//! written. Blocking work goes to the bounded pool in `pool`. Keys, writing and runs are behind [`Access`] and [`Intake`].

mod api;
mod assets;
mod error;
mod failures;
mod hosts;
mod pages;
mod params;
mod pool;
mod router;
mod run;
mod state;
#[cfg(test)]
mod tests;

pub use hosts::Hosts;
pub use router::router;
pub use run::serve;
pub use state::{Access, Intake, IntakeError, IntakeLine, RejectionView, RunView, State};
