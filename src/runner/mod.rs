//! Runs a plan: workers with a browser each take cases, perform their steps, and have what is seen
//! judged. Everything they have to say is an [`Event`](crate::event::Event).
//!
//! [`Run`] is the way in. A [`Tab`] is one page under the probe's eyes; the `testing` module stands on
//! it too.

mod attempt;
mod checkup;
mod crew;
mod dialogs;
mod elsewhere;
mod error;
mod handle;
mod held;
mod jobs;
mod preparation;
mod run;
mod seat;
mod shorten;
mod tab;
mod worker;

pub use checkup::{Checked, Checkup, Found, Moment};
pub use crew::Crew;
pub(crate) use crew::all_ended;
pub(crate) use elsewhere::Elsewhere;
pub use error::RunnerError;
pub use handle::PageHandle;
pub use jobs::Job;
pub use run::{Run, RunEnd, Stop, judges};
pub use seat::Seat;
pub use tab::{Tab, Waited};
pub(crate) use worker::browser_info;
pub use worker::{Sink, Worker};
