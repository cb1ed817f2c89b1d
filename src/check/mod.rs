//! Checks pages that nobody changed for it: opens them in a real browser as a visitor would, answers for the widget and
//! everybody else whom they ask, moves their time, and writes down all that happens.
//!
//! [`Check`] is the way in.

mod attendant;
mod audit;
mod bench;
mod display;
mod error;
mod failure;
mod fence;
mod ground;
mod guest;
mod journal;
mod opening;
mod perform;
mod prologue;
mod requests;
mod rules;
mod run;
mod scripts;
mod visit;

pub use audit::{Audit, Invited, PageAudit};
pub use bench::CheckEvent;
pub use display::Report;
pub(crate) use display::TIMELINE_LINES;
pub use error::CheckError;
pub use failure::StepFailure;
pub use ground::{Base, CheckOptions};
pub(crate) use ground::{Ground, Site, browser, host, server_address};
pub(crate) use perform::Performance;
pub use run::{Check, ScenarioOutcome, ScenarioResult};
