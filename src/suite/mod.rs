//! Cases as data: reads suites, expands matrices, filters, and makes the [`Plan`].
//!
//! [`Suites`] are what a folder of TOML files says; [`Plan::build`] decides what runs. All of it is
//! pure apart from reading files, and a mistake in a file is a caret at its place.

mod check;
mod coverage;
mod covering;
mod filter;
mod listing;
mod load;
mod matrix;
mod plan;
mod shape;
mod written;

#[cfg(test)]
mod tests;

pub use coverage::{CoverageTable, CoveredRequirement, Fared};
pub use filter::{Filter, FilterError, did_you_mean};
pub use listing::{Coverage, ListedCase, Listing, Summary};
pub use load::{CATALOGUE_FILE, SuiteError, Suites};
pub use plan::{LeftOut, LeftOutReason, Plan, PlannedCase};
pub use written::write_case;
