//! Real browsers: they understand every typed command, end without a trace, and go from process to process.
//!
//! One program, which is linked once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod commands;
mod ends;
mod shared;

#[path = "../processes/mod.rs"]
mod processes;
