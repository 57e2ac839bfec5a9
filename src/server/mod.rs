//! The only room that knows HTTP: router, API and pages.
