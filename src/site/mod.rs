//! Pages under test as data: what a page promises and what a visitor does, everything that happened, and
//! whether the promise was kept, and why not (pure).

mod check;
mod check_expect;
mod diagnosis;
mod expect;
mod fault;
mod findings;
mod history;
mod judge;
mod load;
mod place;
mod provocation;
mod render;
mod scenario;
mod timeline;
mod words;

#[cfg(test)]
mod tests;

pub use diagnosis::diagnose;
pub use expect::{CallExpectation, Expect, InvitationExpectation, Shown};
pub use fault::ScenarioFault;
pub use findings::{Finding, FindingKind, FindingLevel, findings};
pub use history::{Call, Invitation, PageError};
pub use judge::{Aspect, Difference, judge};
pub use load::{Loaded, ScenarioError, Scenarios};
pub use scenario::{
    Cookie, DialogAnswer, Geolocation, Reply, ScrollTo, SiteScenario, SiteStep, TypeInto, Viewport, Visitor,
};
pub use timeline::{Dialog, Entry, Gesture, Happening, RequestFate, Timeline};
pub(crate) use words::seconds;
