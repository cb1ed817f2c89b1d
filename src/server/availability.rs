//! What the organisation's end says of its agents.

use serde::Serialize;

use crate::contract::WidgetSettings;

/// The date that stands for none: the first day of year 1.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// An answer to `getAgentAvailability`, with the documented fields in their documented spelling.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentAvailability {
    queue_id: &'static str,
    is_queue_available: bool,
    #[serde(rename = "StartTimeOfNextOperatingHour")]
    next_start: &'static str,
    #[serde(rename = "EndTimeOfNextOperatingHour")]
    next_end: &'static str,
    #[serde(rename = "nexttransitiontime")]
    next_transition: &'static str,
    position_in_queue: u32,
    is_agent_available: bool,
    average_wait_time: u64,
}

impl AgentAvailability {
    /// The answer to a question; `asked` is how many there were before it. The wait grows with each, so that a kept
    /// answer can be told from a fresh one.
    pub(super) fn new(settings: &WidgetSettings, asked: u64) -> Self {
        let open = settings.operating_hours;
        let unless_open = |time| if open { NO_TIME } else { time };
        Self {
            queue_id: "00000000-0000-4000-8000-000000000003",
            is_queue_available: open,
            next_start: unless_open("2099-01-05T08:00:00Z"),
            next_end: unless_open("2099-01-05T17:00:00Z"),
            next_transition: "2099-01-05T08:00:00Z",
            position_in_queue: 1,
            is_agent_available: open,
            average_wait_time: asked + 1,
        }
    }
}
