//! Broken widgets are found.
//!
//! A module of its own for its name: tests start in the order of their names, and these take longest.

mod mutants;
mod walks;
