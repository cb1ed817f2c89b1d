//! How the parts of a widget are found in a page.

use serde::{Deserialize, Serialize};

/// CSS selectors of the widget's parts; each is tried in the page and in all its same-origin frames. `>>>`
/// between two selectors enters the frame or shadow root of what the first one finds.
///
/// The defaults are the element ids of Microsoft's own open-source widget, which the reference widget
/// shares. Message box and send button have none there, only labels, which other languages translate; these two
/// are the reference widget's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all(serialize = "camelCase", deserialize = "snake_case"))]
pub struct Selectors {
    /// The notification pane.
    pub notification: String,
    /// The element whose text is the message.
    pub message: String,
    /// The notification's start button.
    pub accept: String,
    /// The notification's close button.
    pub dismiss: String,
    /// The pre-chat survey.
    pub prechat: String,
    /// The survey's submit button.
    pub submit: String,
    /// The conversation.
    pub chat: String,
    /// The conversation's message box.
    pub input: String,
    /// The button that sends what is in the message box.
    pub send: String,
    /// The button that opens a chat.
    pub chat_button: String,
    /// The button that minimises survey or chat.
    pub minimize: String,
    /// The button that closes the chat.
    pub close: String,
}

impl Default for Selectors {
    fn default() -> Self {
        Self {
            notification: "#oc-lcw-proactivechat".into(),
            message: "#oc-lcw-proactivechat-bodytitle".into(),
            accept: "#oc-lcw-proactivechat-startbutton".into(),
            dismiss: "#oc-lcw-proactivechat-closebutton".into(),
            prechat: "#oc-lcw-prechatsurvey-pane".into(),
            submit: "#oc-lcw-prechatsurvey-pane button[type=submit]".into(),
            chat: ".webchat__basic-transcript".into(),
            input: "#oc-lcw-chat-pane textarea".into(),
            send: "#oc-lcw-chat-send".into(),
            chat_button: "#oc-lcw-chat-button".into(),
            minimize: "#lcw-header-minimize-button".into(),
            close: "#lcw-header-close-button".into(),
        }
    }
}

impl Selectors {
    /// A function for the browser that takes selectors as JSON text and names the parts whose selector is no CSS,
    /// between commas.
    pub const UNSOUND: &str = concat!(
        "(text) => {\n",
        include_str!("roots.js"),
        "const isUnsound = (selector) => {
  try {
    for (const step of stepsOf(selector)) new DocumentFragment().querySelector(step);
    return false;
  } catch {
    return true;
  }
};
return Object.entries(JSON.parse(text)).filter(([, selector]) => isUnsound(selector)).map(([part]) => part).join(', ');
}"
    );

    /// The selector of a part, by the part's name in a target file.
    pub fn get(&self, part: &str) -> Option<&str> {
        Some(match part {
            "notification" => &self.notification,
            "message" => &self.message,
            "accept" => &self.accept,
            "dismiss" => &self.dismiss,
            "prechat" => &self.prechat,
            "submit" => &self.submit,
            "chat" => &self.chat,
            "input" => &self.input,
            "send" => &self.send,
            "chat_button" => &self.chat_button,
            "minimize" => &self.minimize,
            "close" => &self.close,
            _ => return None,
        })
    }

    /// What the probe calls a part.
    pub(super) fn name_in_probe(part: &str) -> &str {
        if part == "chat_button" { "chatButton" } else { part }
    }
}

/// A part that can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The notification's start button.
    Accept,
    /// The notification's close button.
    Dismiss,
    /// The survey's submit button.
    Submit,
    /// The conversation's message box.
    Input,
    /// The conversation's send button.
    Send,
    /// The chat button.
    ChatButton,
    /// The minimise button of the survey or the chat.
    Minimize,
    /// The chat's close button.
    Close,
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Accept => "the notification's start button",
            Self::Dismiss => "the notification's close button",
            Self::Submit => "the survey's submit button",
            Self::Input => "the chat's message box",
            Self::Send => "the chat's send button",
            Self::ChatButton => "the chat button",
            Self::Minimize => "the minimise button",
            Self::Close => "the chat's close button",
        })
    }
}
