//! Tests of the reports over synthetic streams.

mod events;
mod exit;
mod json;
mod junit;
mod live;
mod properties;
mod reports;
mod streams;
mod terminal;
