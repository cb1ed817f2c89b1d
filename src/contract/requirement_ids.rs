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
    NOTIFICATION_GONE_AFTER_RELOAD = "notification.gone-after-reload",
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
    CHAT_MINIMIZE = "chat.minimize",
    CHAT_MAXIMIZE = "chat.maximize",
    CHAT_CLOSE_BUTTON = "chat.close-button",
    CHAT_AFTER_RELOAD = "chat.after-reload",
    CHAT_AFTER_AGENT_ENDED = "chat.after-agent-ended",
    START_CHAT_OPENS = "start-chat.opens",
    START_CHAT_OPENS_EXISTING = "start-chat.opens-existing",
    START_CHAT_NEW_WINDOW = "start-chat.new-window",
    START_CHAT_IN_PAGE = "start-chat.in-page",
    START_CHAT_PRECHAT = "start-chat.prechat",
    CLOSE_CHAT_ENDS = "close-chat.ends",
    CLOSE_CHAT_FORGETS = "close-chat.forgets",
    EVENT_START_CHAT = "event.start-chat",
    EVENT_CHAT_QUEUED = "event.chat-queued",
    EVENT_CHAT_RETRIEVED = "event.chat-retrieved",
    EVENT_CLOSE_CHAT = "event.close-chat",
    EVENT_ON_CLOSE = "event.on-close",
    EVENT_ON_MINIMIZE = "event.on-minimize",
    EVENT_ON_MAXIMIZE = "event.on-maximize",
    EVENT_THREAD_UPDATE = "event.thread-update",
    EVENT_MESSAGE_TYPE = "event.message-type",
    EVENT_ONLY_WHEN_CAUSED = "event.only-when-caused",
    WINDOW_NEW = "window.new",
    WINDOW_IN_PAGE = "window.in-page",
    WINDOW_DEFAULT = "window.default",
    WINDOW_ONLY_ON_ACCEPT = "window.only-on-accept",
    WINDOW_PRECHAT = "window.prechat",
    CHAT_BUTTON_OPENS = "chat-button.opens",
    CHAT_BUTTON_GIVES_WAY = "chat-button.gives-way",
    FOCUS_START_BUTTON = "focus.start-button",
    FOCUS_RETURNS = "focus.returns",
    PAGE_NO_ERRORS = "page.no-errors",
}
