//! `session` commands: which events are sent.

use serde::{Deserialize, Serialize};

use super::{Empty, commands};
use crate::browser::bidi::values::{ContextId, SubscriptionId};

commands! {
    Subscribe => "session.subscribe" -> Subscribed;
    Unsubscribe => "session.unsubscribe" -> Empty;
}

/// `session.subscribe`: which events are sent from now on.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscribe {
    /// Events such as `log.entryAdded`, or whole modules such as `log`.
    pub events: Vec<String>,
    /// Only from these windows; from all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextId>,
}

impl Subscribe {
    /// Events of all windows.
    pub fn to<'a>(events: impl IntoIterator<Item = &'a str>) -> Self {
        Self { events: events.into_iter().map(str::to_owned).collect(), contexts: Vec::new() }
    }
}

/// The answer to [`Subscribe`].
#[derive(Debug, Clone, Deserialize)]
pub struct Subscribed {
    /// Names the subscription in [`Unsubscribe`]; older browsers have none.
    pub subscription: Option<SubscriptionId>,
}

/// `session.unsubscribe`.
#[derive(Debug, Clone, Serialize)]
pub struct Unsubscribe {
    /// The subscriptions to end.
    pub subscriptions: Vec<SubscriptionId>,
}
