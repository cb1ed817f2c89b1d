//! The runner is tested by running it: the real program over small suites in folders of their own, its
//! exit codes, its reports, what a person sees, and what it leaves behind.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod audit;
mod broken;
mod commands;
mod display;
mod exit_codes;
mod infrastructure;
mod init;
mod late;
mod leftovers;
mod leisurely;
#[path = "../processes/mod.rs"]
mod processes;
mod scratch;
mod signals;
#[cfg(target_os = "linux")]
mod startup_cache;
mod targets;
mod third_party;
mod windows;
