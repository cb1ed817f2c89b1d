//! What a walk is made of: proptest's strategies for settings and for each kind of step.

use std::time::Duration;

use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

use crate::contract::{
    AuthTokenProvider, ContextProvider, ContextVariable, CustomContext, OddCall, OddValue, PageKind,
    ProactiveChatCall, Ready, SdkCall, StartChatCall, Step, WidgetSettings, WindowOptions,
};

/// Messages that have been somebody's undoing: markup, quotes, entities, white space, and texts from right to left.
const MESSAGES: &[&str] = &[
    "",
    " ",
    "Hello",
    "  two  spaces  ",
    "line one\nline two",
    "<b>bold</b>",
    "<img src=x onerror=\"throw 1\">",
    "a &amp; b < c",
    "it's \"quoted\" \\ 'twice'",
    "${message} {{message}} %s",
    "\u{645}\u{631}\u{62d}\u{628}\u{627}",
    "\u{1f469}\u{200d}\u{1f4bb} e\u{301}",
    "undefined",
];

/// What a visitor types and an agent says.
const TYPED: &[&str] = &["Hi", "I have a question", "1 < 2 & \"three\"", "<b>bold</b>"];

/// Moments around which something is documented to happen, in milliseconds.
const MOMENTS: &[u64] = &[1, 1_000, 30_000, 59_999, 60_000, 60_001, 119_999, 120_000];

const LOCALES: &[&str] = &["en-US", "de-DE", "ar-SA", "he-IL", "ja-JP"];

/// Kinds of steps and how often each is drawn; which of them are possible is the oracle's to say.
pub(super) fn kinds() -> Vec<(u32, BoxedStrategy<Step>)> {
    let just = |step: Step| Just(step).boxed();
    vec![
        (16, call().prop_map(Step::Call).boxed()),
        (3, call().prop_map(Step::OnReady).boxed()),
        (12, just(Step::FireReady)),
        (6, just(Step::HoldClock)),
        (16, time().prop_map(Step::Advance).boxed()),
        (42, just(Step::Accept)),
        (8, just(Step::Dismiss)),
        (8, just(Step::Escape)),
        (16, just(Step::SubmitSurvey)),
        (16, select(TYPED).prop_map(|text| Step::Send(text.to_owned())).boxed()),
        (8, sdk().prop_map(Step::Sdk).boxed()),
        (3, odd().prop_map(Step::OddCall).boxed()),
        (8, just(Step::DismissIfShown)),
        (5, just(Step::AcceptIfShown)),
        (8, start_chat().prop_map(Step::StartChat).boxed()),
        (8, just(Step::CloseChat)),
        (4, just(Step::OpenChat)),
        (8, just(Step::Minimize)),
        (16, just(Step::Maximize)),
        (5, just(Step::CloseWidget)),
        (4, just(Step::CloseWindow)),
        (6, select(TYPED).prop_map(|text| Step::AgentSays(text.to_owned())).boxed()),
        (3, just(Step::AgentEnds)),
        (6, just(Step::Reload)),
        (1, just(Step::SecondTab)),
    ]
}

/// Settings, most of them as they are by default.
pub(super) fn settings() -> impl Strategy<Value = WidgetSettings> {
    let locale = prop_oneof![4 => Just("en-US"), 1 => select(LOCALES)];
    let ready = mostly(Ready::Widget, Ready::Harness, 4);
    let rarely = weighted(0.15, call());
    let page = prop_oneof![
        9 => Just(PageKind::Ordinary),
        1 => Just(PageKind::StrictPolicy),
        1 => Just(PageKind::HostileGlobals),
        1 => select(&[PageKind::PopupBlocker, PageKind::NoPopups][..]),
    ];
    (
        mostly(true, false, 3),
        mostly(true, false, 15),
        ready,
        locale,
        mostly(false, true, 10),
        any_hours(),
        page,
        rarely,
    )
        .prop_map(
            |(prechat, proactive_chat, ready, locale, authentication, operating_hours, page, page_call)| {
                let locale = locale.to_owned();
                WidgetSettings {
                    prechat,
                    proactive_chat,
                    ready,
                    locale,
                    authentication,
                    operating_hours,
                    page,
                    page_call,
                }
            },
        )
}

fn any_hours() -> impl Strategy<Value = bool> {
    mostly(true, false, 8)
}

/// `usual` so many times as often as `other`.
fn mostly<T: Clone + std::fmt::Debug>(usual: T, other: T, times: u32) -> Union<Just<T>> {
    Union::new_weighted(vec![(times, Just(usual)), (1, Just(other))])
}

fn call() -> impl Strategy<Value = ProactiveChatCall> {
    let options = of(of(any::<bool>()).prop_map(|in_new_window| WindowOptions { in_new_window }));
    (of(message()), of(any::<bool>()), options)
        .prop_map(|(message, show_prechat, options)| ProactiveChatCall { message, show_prechat, options })
}

fn start_chat() -> impl Strategy<Value = StartChatCall> {
    (of(any::<bool>()), weighted(0.2, context()))
        .prop_map(|(in_new_window, custom_context)| StartChatCall { in_new_window, custom_context })
}

fn message() -> impl Strategy<Value = String> {
    let letters = "[ -~¡-ſא-ת一-俿😀-🙏]{1,39}";
    prop_oneof![2 => select(MESSAGES).prop_map(str::to_owned), 1 => letters]
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![select(MOMENTS), 1..130_000_u64].prop_map(Duration::from_millis)
}

fn sdk() -> impl Strategy<Value = SdkCall> {
    let context = prop_oneof![
        6 => context().prop_map(ContextProvider::Gives),
        1 => select(&[100_usize, 101][..]).prop_map(ContextProvider::GivesMany),
        1 => Just(ContextProvider::Throws),
        1 => odd_provider().prop_map(ContextProvider::NotAFunction),
    ];
    let token = prop_oneof![
        4 => "[a-z0-9.]{1,12}".prop_map(AuthTokenProvider::Gives),
        1 => Just(AuthTokenProvider::GivesNothing),
        1 => Just(AuthTokenProvider::Throws),
        1 => odd_provider().prop_map(AuthTokenProvider::NotAFunction),
    ];
    prop_oneof![
        4 => context.prop_map(SdkCall::SetContextProvider),
        2 => Just(SdkCall::GetContextProvider),
        1 => Just(SdkCall::RemoveContextProvider),
        3 => token.prop_map(SdkCall::SetAuthTokenProvider),
        2 => Just(SdkCall::GetAuthTokenProvider),
        1 => Just(SdkCall::RemoveAuthTokenProvider),
        3 => Just(SdkCall::GetAgentAvailability),
    ]
}

fn context() -> impl Strategy<Value = CustomContext> {
    let value = prop_oneof![
        message().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
    ];
    let variable = (value, of(any::<bool>()))
        .prop_map(|(value, is_displayable)| ContextVariable { value, is_displayable });
    proptest::collection::btree_map("[a-z]{1,8}", variable, 0..4)
}

/// What is surely no function.
fn odd_provider() -> impl Strategy<Value = OddValue> {
    select(&[OddValue::Null, OddValue::Number, OddValue::Text, OddValue::EmptyObject, OddValue::Array][..])
}

fn odd() -> impl Strategy<Value = OddCall> {
    (0..5_u8, select(ODD)).prop_map(|(place, value)| {
        let (mut call, value) = (OddCall::default(), Some(value));
        match place {
            0 => call.config = value,
            1 => call.message = value,
            2 => call.show_prechat = value,
            3 => call.options = value,
            _ => call.in_new_window = value,
        }
        call
    })
}

const ODD: &[OddValue] = &[
    OddValue::Undefined,
    OddValue::Null,
    OddValue::Zero,
    OddValue::Number,
    OddValue::NotANumber,
    OddValue::BigInteger,
    OddValue::Symbol,
    OddValue::Text,
    OddValue::Markup,
    OddValue::LongText,
    OddValue::Function,
    OddValue::Array,
    OddValue::EmptyObject,
    OddValue::NullPrototype,
    OddValue::Cyclic,
    OddValue::Date,
    OddValue::Element,
    OddValue::ThrowingGetters,
    OddValue::ThrowingConversion,
    OddValue::ThrowingProxy,
    OddValue::RevokedProxy,
    OddValue::PollutingKeys,
];
