//! A thin typed layer for [WebDriver BiDi](https://w3c.github.io/webdriver-bidi/): [`Bidi`] is one
//! connection, a [`Command`] is one request with the type of its answer, an [`Event`] is what the
//! browser says by itself.

mod commands;
mod connection;
mod error;
mod events;
mod input;
mod prompt;
mod values;
mod well_formed;

pub use commands::*;
pub use connection::{Bidi, EventStream};
pub use error::BidiError;
pub use events::{
    BeforeRequestSent, ContextInfo, Event, LogEntry, PromptClosed, PromptOpened, RequestData, RequestEnded,
    ScriptMessage, Source,
};
pub use input::{
    KeyAction, Origin, PauseAction, PerformActions, PointerAction, PointerKind, PointerParameters,
    ReleaseActions, SourceActions, keys,
};
pub use values::{
    ChannelProperties, ContextId, Evaluation, LocalValue, NavigationId, PreloadScriptId, RealmId,
    RemoteValue, ScriptException, SharedId, SubscriptionId, UserContextId,
};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A command of the protocol; the value itself is its parameters.
pub trait Command: Serialize {
    /// Its name, such as `script.callFunction`.
    const METHOD: &'static str;
    /// What the browser answers.
    type Returns: DeserializeOwned;
}
