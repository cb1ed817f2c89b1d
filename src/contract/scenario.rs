//! What happens in one case: the widget's settings and the steps of the page and the visitor.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::call::write_rest;
use super::{OddCall, ProactiveChatCall, SdkCall, StartChatCall, WidgetSettings};

/// One thing that the page, the visitor or time does.
///
/// In a suite a step without a value is a string (`"accept"`), one with a value a table
/// (`{ call = { message = "Hello" } }`, `{ advance = "59.999s" }`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// The widget is told to raise `lcw:ready` now; only with [`Ready::Harness`](super::Ready::Harness).
    FireReady,
    /// Page code adds a `lcw:ready` handler that makes this call.
    OnReady(ProactiveChatCall),
    /// Page code calls `startProactiveChat`.
    Call(ProactiveChatCall),
    /// Page code calls `startProactiveChat` with arguments that nobody promised anything about.
    OddCall(OddCall),
    /// Page code calls another method of the SDK.
    Sdk(SdkCall),
    /// Time stops for the page; from here it moves only by [`Step::Advance`].
    HoldClock,
    /// Time moves by this much; only while the clock is held.
    Advance(#[serde(with = "super::duration")] Duration),
    /// The visitor presses the notification's start button.
    Accept,
    /// The visitor presses the notification's close button.
    Dismiss,
    /// The visitor presses the notification's start button, if there is one after an odd call.
    AcceptIfShown,
    /// The visitor presses the notification's close button, if there is one after an odd call.
    DismissIfShown,
    /// The visitor presses Escape.
    Escape,
    /// The visitor fills in and submits the pre-chat survey, in the page or in the window that it opened for it.
    SubmitSurvey,
    /// The visitor types this message in the chat in the page and sends it.
    Send(String),
    /// Page code calls `startChat`.
    StartChat(StartChatCall),
    /// Page code calls `closeChat`.
    CloseChat,
    /// The visitor presses the chat button while there is no chat.
    OpenChat,
    /// The visitor presses the minimise button of the survey or chat in the page.
    Minimize,
    /// The visitor presses the chat button of what was minimised.
    Maximize,
    /// The visitor presses the close button of the chat in the page.
    CloseWidget,
    /// The visitor closes the window that the chat was opened in.
    CloseWindow,
    /// The agent says this.
    AgentSays(String),
    /// The agent ends the conversation.
    AgentEnds,
    /// The visitor opens the page in a second tab, too, and stays in the first.
    SecondTab,
    /// The page is loaded again; whatever can be counted is counted anew.
    Reload,
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FireReady => out.write_str("fire lcw:ready"),
            Self::OnReady(call) => write!(out, "on lcw:ready call {}", Arguments(call)),
            Self::Call(call) => write!(out, "call {}", Arguments(call)),
            Self::Sdk(call) => write!(out, "{call}"),
            Self::OddCall(call) => write!(out, "call {call}"),
            Self::HoldClock => out.write_str("hold the clock"),
            Self::Advance(by) => write!(out, "let {} s pass", by.as_secs_f64()),
            Self::Accept => out.write_str("accept"),
            Self::Dismiss => out.write_str("dismiss"),
            Self::AcceptIfShown => out.write_str("accept what may be shown"),
            Self::DismissIfShown => out.write_str("dismiss what may be shown"),
            Self::Escape => out.write_str("press Escape"),
            Self::SubmitSurvey => out.write_str("submit the survey"),
            Self::Send(text) => write!(out, "send {text:?}"),
            Self::StartChat(StartChatCall { in_new_window, custom_context }) => {
                let new_window = in_new_window.map(|new| format!("inNewWindow: {new}"));
                let context = custom_context.as_ref().map(|_| "customContext: …".to_owned());
                let options: Vec<_> = new_window.into_iter().chain(context).collect();
                match options.as_slice() {
                    [] => out.write_str("start a chat ()"),
                    options => write!(out, "start a chat ({{{}}})", options.join(", ")),
                }
            }
            Self::CloseChat => out.write_str("close the chat ()"),
            Self::OpenChat => out.write_str("press the chat button"),
            Self::Minimize => out.write_str("minimise"),
            Self::Maximize => out.write_str("maximise"),
            Self::CloseWidget => out.write_str("press the chat's close button"),
            Self::CloseWindow => out.write_str("close the chat's window"),
            Self::AgentSays(text) => write!(out, "have the agent say {text:?}"),
            Self::AgentEnds => out.write_str("have the agent end the conversation"),
            Self::SecondTab => out.write_str("open the page in a second tab"),
            Self::Reload => out.write_str("reload the page"),
        }
    }
}

/// A call's arguments as a page would write them, long messages shortened.
struct Arguments<'a>(&'a ProactiveChatCall);

impl fmt::Display for Arguments<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.0;
        out.write_str("(")?;
        match &call.message {
            None => out.write_str("{}")?,
            Some(text) => {
                let short: String = text.chars().take(40).collect();
                let dots = if short.len() < text.len() { "…" } else { "" };
                write!(out, "{{message: {:?}}}", format!("{short}{dots}"))?;
            }
        }
        let options = call.options.map(|options| match options.in_new_window {
            Some(new) => format!("{{inNewWindow: {new}}}"),
            None => "{}".to_owned(),
        });
        write_rest(out, call.show_prechat, options)
    }
}

/// The widget's settings and the steps that follow after the page has been opened.
///
/// Opening the page is step 0 and not listed: every case begins with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What is configured before the page loads.
    #[serde(default)]
    pub settings: WidgetSettings,
    /// What happens after the page has loaded, in this order.
    pub steps: Vec<Step>,
}
