//! What can be claimed of context, authentication and availability.

use serde::Serialize;
use serde_json::Value;

use super::sdk::AVAILABILITY_FIELDS;
use crate::contract::{CustomContext, EventTarget, Observation, Returned, SeenEvent};

/// A fact about what the SDK was told, and what it told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SdkFact {
    /// A call has come back with this.
    Answer {
        /// Its number among the calls of such methods, from 0.
        at: usize,
        /// The method that was called.
        method: &'static str,
        /// What it gave back.
        answer: Answer,
    },
    /// The context provider has been invoked this many times.
    ContextProviderCalls(usize),
    /// The token provider has been invoked this many times.
    AuthTokenProviderCalls(usize),
    /// The last conversation was started with exactly this context.
    ContextReached(CustomContext),
    /// The last conversation was started with at most this many variables.
    ContextAtMost(usize),
    /// The last conversation was started with texts, numbers and booleans only.
    ContextIsPrimitive,
    /// The last conversation was started with this token.
    TokenReached(String),
    /// `lcw:error` has been raised with this code and description.
    ErrorReported {
        /// Its number among the errors that were reported, from 0.
        at: usize,
        /// `detail.errorCode`.
        code: u32,
        /// `detail.errorDescription`.
        description: &'static str,
    },
    /// So many answers of `getAgentAvailability` have come, each with the documented fields.
    AvailabilityFields(usize),
    /// Whether the queue is within its operating hours, with the times that belong to that.
    QueueAvailable(bool),
    /// Which fresh answer each answer of `getAgentAvailability` repeats.
    AvailabilityRepeats(Vec<usize>),
}

/// What a method of the SDK is to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// The very function that was set.
    TheProvider,
    /// An exception.
    Throws,
}

/// What should have been seen, and what was.
type Difference = (String, String);

/// Whether two values are one to a page, whose numbers have no kinds.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

impl SdkFact {
    /// Whether it holds; else what should have been seen and what was.
    pub(in crate::contract) fn check(&self, seen: &Observation) -> Result<(), Difference> {
        if self.is_of_a_chat_that_began() && seen.shows_survey() {
            // No chat has begun yet. That there is a survey is for another fact to judge.
            return Ok(());
        }
        match self {
            Self::Answer { at, method, answer } => answer.check(*at, method, seen),
            Self::ContextProviderCalls(times) => {
                invoked("the context provider", *times, seen.context_provider_calls)
            }
            Self::AuthTokenProviderCalls(times) => {
                invoked("the token provider", *times, seen.auth_token_provider_calls)
            }
            Self::ContextReached(expected) => {
                let actual = started(seen)?;
                let same = expected.len() == actual.len()
                    && expected.iter().all(|(name, variable)| {
                        actual.get(name).is_some_and(|reached| {
                            is_same(&reached.value, &variable.value)
                                && reached.is_displayable.unwrap_or_default()
                                    == variable.is_displayable.unwrap_or_default()
                        })
                    });
                hold(same, || (context(expected), context(actual)))
            }
            Self::ContextAtMost(most) => {
                let actual = started(seen)?.len();
                hold(actual <= *most, || (format!("at most {most} variables"), format!("{actual} variables")))
            }
            Self::ContextIsPrimitive => {
                let actual = started(seen)?;
                let primitive = actual.values().all(|variable| variable.is_primitive());
                hold(primitive, || ("texts, numbers and booleans only".into(), context(actual)))
            }
            Self::TokenReached(token) => {
                let actual = seen.conversations.last().and_then(|started| started.token.as_deref());
                hold(actual == Some(token), || {
                    (format!("a conversation with the token {token:?}"), format!("{actual:?}"))
                })
            }
            Self::ErrorReported { at, code, description } => {
                let error = |code: &str, text: &str| format!("lcw:error {code}: {text}");
                let on_window =
                    |event: &&SeenEvent| event.name == "lcw:error" && event.target == EventTarget::Window;
                let reported = seen.events.iter().filter(on_window).nth(*at).map(|event| &event.detail);
                let actual =
                    reported.map(|detail| (&detail["errorCode"], detail["errorDescription"].as_str()));
                let holds = actual.is_some_and(|(seen, text)| seen == code && text == Some(*description));
                hold(holds, || {
                    let actual =
                        actual.map(|(seen, text)| error(&seen.to_string(), text.unwrap_or("no description")));
                    (error(&code.to_string(), description), actual.unwrap_or_else(|| "no lcw:error".into()))
                })
            }
            Self::AvailabilityFields(times) => {
                let wrong: Vec<_> = seen.availability.iter().flat_map(missing).collect();
                hold(seen.availability.len() == *times && wrong.is_empty(), || {
                    let actual = match wrong.as_slice() {
                        [] => format!("{} answers", seen.availability.len()),
                        wrong => format!("an answer without {}", wrong.join(", ")),
                    };
                    (format!("{times} answers with the documented fields"), actual)
                })
            }
            Self::QueueAvailable(open) => {
                let Some(answer) = seen.availability.last() else { return Ok(()) };
                let said = answer.get("isQueueAvailable").and_then(Value::as_bool);
                let times = ["StartTimeOfNextOperatingHour", "EndTimeOfNextOperatingHour"];
                let unset = times.iter().all(|name| is_unset(answer.get(name)));
                let set = times.iter().all(|name| !is_unset(answer.get(name)));
                let holds = said == Some(*open) && if *open { unset } else { set };
                hold(holds, || {
                    let words = |open| if open { "within its operating hours" } else { "outside of them" };
                    (format!("a queue {} and times to match", words(*open)), answer.to_string())
                })
            }
            Self::AvailabilityRepeats(expected) => {
                let mut fresh: Vec<&Value> = Vec::new();
                let mut actual = Vec::new();
                for answer in &seen.availability {
                    if fresh.last() != Some(&answer) {
                        fresh.push(answer);
                    }
                    actual.push(fresh.len() - 1);
                }
                hold(actual == *expected, || {
                    let words = |list: &[usize]| {
                        let count = list.last().map_or(0, |last| last + 1);
                        format!("{count} fresh of {} answers", list.len())
                    };
                    (words(expected), words(&actual))
                })
            }
        }
    }
}

impl SdkFact {
    fn is_of_a_chat_that_began(&self) -> bool {
        match self {
            Self::ContextProviderCalls(_)
            | Self::AuthTokenProviderCalls(_)
            | Self::ContextReached(_)
            | Self::ContextAtMost(_)
            | Self::ContextIsPrimitive
            | Self::TokenReached(_) => true,
            Self::Answer { .. }
            | Self::ErrorReported { .. }
            | Self::AvailabilityFields(_)
            | Self::QueueAvailable(_)
            | Self::AvailabilityRepeats(_) => false,
        }
    }
}

impl Answer {
    fn check(self, at: usize, method: &str, seen: &Observation) -> Result<(), Difference> {
        let actual = seen.answers.get(at).map(|answer| &answer.returned);
        let holds = match (self, actual) {
            (Self::Undefined, Some(Returned::Undefined)) => true,
            (Self::Null, Some(Returned::Value(value))) => value == "null",
            (Self::TheProvider, Some(Returned::Value(value))) => value == "the provider",
            (Self::Throws, Some(Returned::Threw(_))) => true,
            _ => false,
        };
        hold(holds, || {
            let expected = match self {
                Self::Undefined => "undefined",
                Self::Null => "null",
                Self::TheProvider => "the provider that was set",
                Self::Throws => "an exception",
            };
            let actual = actual.map_or_else(|| "no answer".to_owned(), ToString::to_string);
            (format!("{expected} from {method}"), actual)
        })
    }
}

fn hold(holds: bool, difference: impl FnOnce() -> Difference) -> Result<(), Difference> {
    if holds { Ok(()) } else { Err(difference()) }
}

fn invoked(who: &str, expected: usize, actual: usize) -> Result<(), Difference> {
    let words = |times: usize| format!("{who} invoked {times} times");
    hold(expected == actual, || (words(expected), words(actual)))
}

/// The context that the last conversation was started with.
fn started(seen: &Observation) -> Result<&CustomContext, Difference> {
    let last = seen.conversations.last().map(|started| &started.context);
    last.ok_or_else(|| ("a conversation that was started".into(), "none".into()))
}

fn context(context: &CustomContext) -> String {
    serde_json::to_string(context).unwrap_or_default()
}

/// The documented fields that an answer lacks, or has with another type.
fn missing(answer: &Value) -> Vec<&'static str> {
    let fits =
        |name: &str, kind: super::sdk::FieldType| answer.get(name).is_some_and(|value| kind.fits(value));
    AVAILABILITY_FIELDS.iter().filter(|(name, kind)| !fits(name, *kind)).map(|(name, _)| *name).collect()
}

/// Whether a time is the first day of year 1, which stands for none; the documentation writes it 01-01-0001.
fn is_unset(time: Option<&Value>) -> bool {
    let text = time.and_then(Value::as_str).unwrap_or_default();
    text.starts_with("0001-01-01") || text.starts_with("01-01-0001")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ChatView, ContextVariable, ConversationStart};

    #[test]
    fn a_chat_that_waits_behind_a_survey_is_not_judged_yet() {
        let asked_once = SdkFact::ContextProviderCalls(1);
        let reached = SdkFact::ContextReached(CustomContext::new());
        let mut seen = Observation::default();
        assert!(asked_once.check(&seen).is_err());
        assert!(reached.check(&seen).is_err());
        seen.view = ChatView { prechat: true, ..ChatView::default() };
        assert_eq!(asked_once.check(&seen), Ok(()));
        assert_eq!(reached.check(&seen), Ok(()));
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let price = |value: Value| -> CustomContext {
            [("price".to_owned(), ContextVariable { value, is_displayable: None })].into()
        };
        let context = price(12.into());
        let start = ConversationStart { context, ..ConversationStart::default() };
        let seen = Observation { conversations: vec![start], ..Observation::default() };
        assert_eq!(SdkFact::ContextReached(price(12.0.into())).check(&seen), Ok(()));
        assert!(SdkFact::ContextReached(price(12.5.into())).check(&seen).is_err());
    }
}
