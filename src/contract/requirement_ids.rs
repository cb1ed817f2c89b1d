//! The ids that the oracle blames; each has its words in `fixtures/suites/requirements.toml`.

use super::RequirementId;

macro_rules! ids {
    ($($name:ident = $id:literal,)+) => {
        $(
            #[doc = concat!("`", $id, "`")]
            pub const $name: RequirementId = RequirementId::new($id);
        )+

        /// Every id that the oracle can blame.
        pub const ALL: &[RequirementId] = &[$($name),+];
    };
}

ids! {
    READY_RAISED_ONCE = "ready.raised-once",
    READY_ON_WINDOW = "ready.on-window",
    READY_METHODS_USABLE = "ready.methods-usable",
    CALL_RETURNS_NOTHING = "call.returns-nothing",
    CALL_BEFORE_READY = "call.before-ready",
    CALL_IGNORED_WHILE_ENGAGED = "call.ignored-while-engaged",
    PROACTIVE_SETTING_OFF = "proactive.setting-off",
    NOTIFICATION_SHOWN = "notification.shown",
    NOTIFICATION_ONLY_ON_CALL = "notification.only-on-call",
    NOTIFICATION_ACCEPT_CLOSES = "notification.accept-closes",
    NOTIFICATION_DISMISS_BUTTON = "notification.dismiss-button",
    NOTIFICATION_DISMISS_ESCAPE = "notification.dismiss-escape",
    NOTIFICATION_ONE_MINUTE = "notification.one-minute",
    NOTIFICATION_REACHABLE = "notification.reachable",
    NOTIFICATION_DIRECTION = "notification.direction",
    NOTIFICATION_LABELLED = "notification.labelled",
    MESSAGE_VERBATIM = "message.verbatim",
    MESSAGE_DEFAULT = "message.default",
    MESSAGE_EMPTY_IS_DEFAULT = "message.empty-is-default",
    MESSAGE_IS_TEXT = "message.is-text",
    PRECHAT_SHOWN = "prechat.shown",
    PRECHAT_DEFAULT = "prechat.default",
    PRECHAT_NOT_WHEN_FALSE = "prechat.not-when-false",
    PRECHAT_ONLY_IF_CONFIGURED = "prechat.only-if-configured",
    PRECHAT_THEN_CHAT = "prechat.then-chat",
    CHAT_OPENS = "chat.opens",
    CHAT_MESSAGE_SENT = "chat.message-sent",
    CHAT_MESSAGE_RECEIVED = "chat.message-received",
    WINDOW_NEW = "window.new",
    WINDOW_IN_PAGE = "window.in-page",
    WINDOW_DEFAULT = "window.default",
    WINDOW_ONLY_ON_ACCEPT = "window.only-on-accept",
    WINDOW_PRECHAT = "window.prechat",
    CHAT_BUTTON_GIVES_WAY = "chat-button.gives-way",
    FOCUS_START_BUTTON = "focus.start-button",
    FOCUS_RETURNS = "focus.returns",
    CONTEXT_FUNCTION_REQUIRED = "context.function-required",
    CONTEXT_SET = "context.set",
    CONTEXT_GET = "context.get",
    CONTEXT_REMOVED = "context.removed",
    CONTEXT_INVOKED_AT_START = "context.invoked-at-start",
    CONTEXT_REACHES_CONVERSATION = "context.reaches-conversation",
    CONTEXT_PRIMITIVE_VALUES = "context.primitive-values",
    CONTEXT_AT_MOST_100 = "context.at-most-100",
    CONTEXT_FAILURE_REPORTED = "context.failure-reported",
    CONTEXT_AFTER_FAILURE = "context.after-failure",
    AUTH_FUNCTION_REQUIRED = "auth.function-required",
    AUTH_SET = "auth.set",
    AUTH_GET = "auth.get",
    AUTH_REMOVED = "auth.removed",
    AUTH_INVOKED_AT_START = "auth.invoked-at-start",
    AUTH_TOKEN_REACHES = "auth.token-reaches-conversation",
    AUTH_FAILURE_REPORTED = "auth.failure-reported",
    AUTH_NO_TOKEN_REPORTED = "auth.no-token-reported",
    AVAILABILITY_FIELDS = "availability.fields",
    AVAILABILITY_WITHIN_HOURS = "availability.within-hours",
    AVAILABILITY_OUTSIDE_HOURS = "availability.outside-hours",
    AVAILABILITY_EVENT = "availability.event",
    AVAILABILITY_CACHED = "availability.cached",
    AVAILABILITY_REFRESHED = "availability.refreshed",
    ARGUMENTS_NO_EXCEPTION = "arguments.no-exception",
    ARGUMENTS_NO_POLLUTION = "arguments.no-pollution",
    ARGUMENTS_PAGE_USABLE = "arguments.page-usable",
    ARGUMENTS_OBSERVED_TEXT = "arguments.observed-text",
    ARGUMENTS_MEANING = "arguments.meaning",
    PAGE_NO_ERRORS = "page.no-errors",
}
