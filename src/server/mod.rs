//! Serves fixture pages, the widget under test and the conversation end.
//!
//! A [`FixtureServer`] gives every case a host of its own ([`CaseSite`]), so that cookies, storage and
//! settings of two cases never meet, and records what each of them asked for. Under its plain address it
//! serves the same pages to a person, who sets the widget up in the page's query.

mod availability;
mod configuration;
mod conversation;
mod error;
mod files;
mod fixture_server;
mod linked;
mod page;
mod routes;
mod site;

pub use conversation::{Conversation, ConversationMessage, Speaker, SurveyAnswers};
pub use error::ServerError;
pub use files::Replacements;
pub use fixture_server::FixtureServer;
pub use routes::Answer;
pub use site::{CaseSite, RecordedRequest};
