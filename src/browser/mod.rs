//! Real browsers: finds and provisions them, starts and stops their drivers without leaving anything
//! behind, and opens sessions that are driven through fantoccini and WebDriver BiDi.
//!
//! [`Browser::start`] is the way in: one driver process, one session, one BiDi connection.

pub mod bidi;
mod capabilities;
mod classic;
pub mod discovery;
pub mod doctor;
mod driver;
mod error;
mod launch;
mod places;
mod process;
pub mod provision;
mod session;
pub mod shared;
mod startup_cache;
mod version;
mod watchdog;

pub use bidi::{Bidi, BidiError};
pub use classic::Classic;
pub use discovery::{Executable, Found, Missing, Origin};
pub use driver::{Driver, Stopped};
pub use error::{BrowserError, LogTail};
pub use launch::Browser;
pub use process::Member;
pub use session::Session;
pub use shared::{Lease, Shared, SharedTurn};
pub use version::{Version, version};
