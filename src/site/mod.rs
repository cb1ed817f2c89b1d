//! Pages under test as data: what a page promises and what a visitor does, everything that happened, and
//! whether the promise was kept, and why not (pure).

mod expect;
mod scenario;
mod timeline;

pub use expect::{CallExpectation, Expect, InvitationExpectation, Shown};
pub use scenario::{
    Cookie, DialogAnswer, Geolocation, Reply, ScrollTo, SiteScenario, SiteStep, TypeInto, Viewport, Visitor,
};
pub use timeline::{Dialog, Entry, Gesture, Happening, RequestFate, Timeline};
