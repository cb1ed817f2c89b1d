//! Tests of the reports over synthetic streams.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod events;
mod exit;
mod json;
mod junit;
mod live;
mod properties;
mod reports;
mod streams;
mod terminal;
