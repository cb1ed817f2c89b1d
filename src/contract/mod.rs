//! The documented behaviour of the live chat SDK as types and a pure model: what a page can call,
//! what a visitor can do, what can be seen, and what must be seen after each step.
//!
//! Nothing here does I/O, is async, or knows a browser; the same settings and steps always give the
//! same prediction. [`oracle`] predicts, [`verdict`] compares, the other modules are the words they share.

mod call;
pub(crate) mod duration;
mod observation;
mod odd;
pub mod oracle;
mod provider;
mod requirement;
pub mod requirement_ids;
mod scenario;
mod settings;
pub mod verdict;

pub use call::{DEFAULT_MESSAGE, ProactiveChatCall, StartChatCall, WindowOptions};
pub use observation::{
    ChatView, ConversationStart, EventTarget, MethodAnswer, Notification, Observation, Part, Returned,
    SeenEvent, WindowObservation,
};
pub use odd::{OddCall, OddValue};
pub use provider::{
    AuthTokenProvider, ContextProvider, ContextVariable, CustomContext, MOST_CONTEXT_VARIABLES, SdkCall,
};
pub use requirement::{Catalogue, Level, Requirement, RequirementId};
pub use scenario::{Scenario, Step};
pub use settings::{Ready, WidgetSettings};
