//! The mistakes that are known, and how much each weighs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a finding weighs; the heaviest is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingLevel {
    /// Visitors do not get what the page means to show them.
    Error,
    /// Some visitors may not, or are in the way of something.
    Warning,
    /// Worth a look.
    Note,
}

impl FindingLevel {
    /// All levels, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];
}

impl fmt::Display for FindingLevel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

macro_rules! kinds {
    ($($(#[doc = $meaning:literal])+ $kind:ident $id:literal $level:ident,)+) => {
        /// A mistake that is known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FindingKind {
            $($(#[doc = $meaning])+ $kind,)+
        }

        impl FindingKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Its stable name.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)+
                }
            }

            /// Its weight.
            pub fn level(self) -> FindingLevel {
                match self {
                    $(Self::$kind => FindingLevel::$level,)+
                }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!($($meaning),+).trim_ascii(),)+
                }
            }
        }
    };
}

impl FindingKind {
    /// Whether it says that something is not there, which only a page that was looked at to the end shows.
    pub(crate) fn is_of_absence(self) -> bool {
        matches!(self, Self::EmbedMissing | Self::NeverReady | Self::NoInvitation)
    }
}

kinds! {
    /// No page has the widget's script element.
    EmbedMissing "embed-missing" Error,
    /// The widget's script could not be loaded.
    WidgetNotLoaded "widget-not-loaded" Error,
    /// The widget never raised `lcw:ready`.
    NeverReady "never-ready" Error,
    /// A handler for `lcw:ready` was added after it had been raised.
    LateHandler "late-handler" Error,
    /// A handler for `lcw:ready` is on the document or on something else, and not on the window, where it is raised.
    ReadyNotOnWindow "ready-not-on-window" Error,
    /// A handler is there for an event that is spelt otherwise than `lcw:ready`.
    ReadyMisspelt "ready-misspelt" Error,
    /// A script is no JavaScript, so nothing of it runs.
    SyntaxError "syntax-error" Error,
    /// The SDK was used before `lcw:ready`, when it was not there.
    SdkBeforeReady "sdk-before-ready" Error,
    /// A method was called that the SDK does not have.
    UnknownMethod "unknown-method" Error,
    /// A method of the SDK was called before `lcw:ready`, from when on it may be.
    CallBeforeReady "call-before-ready" Error,
    /// A call of the SDK threw.
    CallThrew "call-threw" Error,
    /// A text was given in place of the object with `message`.
    TextForObject "text-for-object" Error,
    /// `inNewWindow` was given in the second argument, where `showPrechat` belongs.
    NewWindowSecond "new-window-second" Error,
    /// `showPrechat` or `inNewWindow` was given in the first argument, which has `message` alone.
    OptionFirst "option-first" Error,
    /// A window was opened without a visitor's gesture, or more than five seconds of the page's time after it, which browsers
    /// block.
    WindowWithoutGesture "window-without-gesture" Error,
    /// The context provider failed when a chat began, which so has no context.
    ContextFailed "context-failed" Error,
    /// The page's timers never came to rest.
    Stuck "stuck" Error,
    /// No `message` was given, or an empty one, so that the default text is shown.
    MessageMissing "message-missing" Warning,
    /// The `message` is no text.
    MessageNoText "message-no-text" Warning,
    /// The invitation's text has `undefined` or the like in it, where a variable had no value.
    HoleInText "hole-in-text" Warning,
    /// `showPrechat` is neither true nor false.
    PrechatNoBoolean "prechat-no-boolean" Warning,
    /// The third argument is no object with `inNewWindow`.
    OptionsUnknown "options-unknown" Warning,
    /// `startProactiveChat` was called while an invitation or a chat was there.
    CallWhileBusy "call-while-busy" Warning,
    /// An invitation that the visitor had let pass came back without a new visit.
    InvitedAgain "invited-again" Warning,
    /// An invitation appeared after a chat had begun.
    InvitationInChat "invitation-in-chat" Warning,
    /// The context provider was set after the chat had begun.
    ContextTooLate "context-too-late" Warning,
    /// The widget's script element is in the page more than once.
    EmbedTwice "embed-twice" Warning,
    /// An alert, a question or a prompt stands in the visitor's way.
    DialogInTheWay "dialog-in-the-way" Warning,
    /// A cookie was set with a date in the past, so it is gone at once.
    CookieInThePast "cookie-in-the-past" Warning,
    /// A page was answered with 404 or another status that says it is none.
    ErrorPage "error-page" Warning,
    /// A script of the page could not be loaded.
    ScriptNotLoaded "script-not-loaded" Warning,
    /// The page's Content-Security-Policy blocked a script of the page.
    BlockedByPolicy "blocked-by-policy" Warning,
    /// The page threw an error that nobody caught.
    PageError "page-error" Warning,
    /// A request was blocked, since nobody said how to answer it.
    RequestBlocked "request-blocked" Note,
    /// Nothing invited the visitor.
    NoInvitation "no-invitation" Note,
}
