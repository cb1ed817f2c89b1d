//! Context, authentication and availability: what page code gives the SDK, and what comes of it when a chat starts.

use std::time::Duration;

use serde_json::Value;

use super::fact::Fact;
use super::model::Model;
use super::sdk_fact::{Answer, SdkFact};
use super::{Claim, Claims};
use crate::contract::requirement_ids as id;
use crate::contract::{
    AuthTokenProvider, ContextProvider, CustomContext, MOST_CONTEXT_VARIABLES, RequirementId, SdkCall, Step,
};

/// How long an answer of `getAgentAvailability` is kept.
///
/// Source: `getAgentAvailability` reference.
pub const AVAILABILITY_KEPT: Duration = Duration::from_secs(120);

/// What the SDK was told, and what is expected of it because of that.
#[derive(Debug, Clone, Default)]
pub(super) struct Sdk {
    /// One claim for each call that came back.
    answers: Vec<Claim>,
    context: Option<ContextProvider>,
    context_calls: usize,
    /// The provider was set or removed, so a chat's context is claimed from here on.
    context_matters: bool,
    context_removed: bool,
    /// Given with `startChat` for the chat that begins next.
    pub(super) custom: Option<CustomContext>,
    /// Nobody says whether a provider is asked whose context is overridden.
    context_overridden: bool,
    tokens: Option<AuthTokenProvider>,
    tokens_removed: bool,
    token_calls: usize,
    /// What holds because of the chat that started last.
    started: Vec<Claim>,
    errors: Vec<(u32, &'static str, RequirementId)>,
    /// A provider failed: what becomes of the chat is not said.
    pub(super) failed: bool,
    /// A survey was left before it was submitted.
    survey_left: bool,
    /// Nobody says whether the context that was given for its chat is the next one's.
    custom_left: bool,
    availability: Availability,
}

/// What is known of answers of `getAgentAvailability`.
#[derive(Debug, Clone, Default)]
struct Availability {
    /// For each answer the number of the fresh one that it repeats, from 0.
    answers: Vec<usize>,
    fresh: usize,
    /// Time passed since the last fresh answer, known only when the clock is held.
    age: Option<Duration>,
    /// Another context has made the last answer worthless, however old it is.
    forgotten: bool,
    /// The rule that made the last answer fresh or repeated.
    because: Option<RequirementId>,
}

impl Model<'_> {
    pub(super) fn sdk_call(&mut self, call: &SdkCall) -> Result<(), String> {
        if !self.raised {
            return Err("the SDK's methods are called after lcw:ready".into());
        }
        let sdk = &mut self.sdk;
        let (requirement, answer) = match call {
            SdkCall::SetContextProvider(ContextProvider::NotAFunction(_)) => {
                (id::CONTEXT_FUNCTION_REQUIRED, Answer::Throws)
            }
            SdkCall::SetContextProvider(provider) => {
                sdk.context = Some(provider.clone());
                sdk.context_removed = false;
                sdk.context_matters = true;
                sdk.availability.forgotten = true;
                (id::CONTEXT_SET, Answer::Undefined)
            }
            SdkCall::GetContextProvider => {
                let rule = if sdk.context_removed { id::CONTEXT_REMOVED } else { id::CONTEXT_GET };
                (rule, sdk.context.as_ref().into())
            }
            SdkCall::RemoveContextProvider => {
                sdk.context = None;
                sdk.context_removed = true;
                sdk.availability.forgotten = true;
                sdk.context_matters = true;
                (id::CONTEXT_REMOVED, Answer::Undefined)
            }
            SdkCall::SetAuthTokenProvider(AuthTokenProvider::NotAFunction(_)) => {
                (id::AUTH_FUNCTION_REQUIRED, Answer::Throws)
            }
            SdkCall::SetAuthTokenProvider(provider) => {
                sdk.tokens = Some(provider.clone());
                sdk.tokens_removed = false;
                (id::AUTH_SET, Answer::Undefined)
            }
            SdkCall::GetAuthTokenProvider => {
                let rule = if sdk.tokens_removed { id::AUTH_REMOVED } else { id::AUTH_GET };
                (rule, sdk.tokens.as_ref().into())
            }
            SdkCall::RemoveAuthTokenProvider => {
                sdk.tokens = None;
                sdk.tokens_removed = true;
                (id::AUTH_REMOVED, Answer::Undefined)
            }
            SdkCall::GetAgentAvailability => {
                self.ask_availability()?;
                return Ok(());
            }
        };
        let at = sdk.answers.len();
        let fact = Fact::Sdk(SdkFact::Answer { at, method: call.method(), answer });
        sdk.answers.push(Claim { requirement, fact });
        Ok(())
    }

    fn ask_availability(&mut self) -> Result<(), String> {
        let held = self.held;
        let availability = &mut self.sdk.availability;
        let rule = match availability.age {
            None if availability.fresh == 0 => id::AVAILABILITY_FIELDS,
            _ if availability.forgotten => id::AVAILABILITY_REFRESHED,
            None => {
                return Err(
                    "how old the last answer is is known only when the clock was held before it".into()
                );
            }
            Some(age) if age < AVAILABILITY_KEPT => {
                availability.answers.push(availability.fresh - 1);
                availability.because = Some(id::AVAILABILITY_CACHED);
                return Ok(());
            }
            Some(_) => id::AVAILABILITY_REFRESHED,
        };
        availability.answers.push(availability.fresh);
        availability.fresh += 1;
        availability.age = held.then_some(Duration::ZERO);
        availability.forgotten = false;
        availability.because = Some(rule);
        Ok(())
    }

    /// Time passes for what the widget has kept.
    pub(super) fn age_availability(&mut self, by: Duration) {
        if let Some(age) = &mut self.sdk.availability.age {
            *age += by;
        }
    }

    /// A new chat starts: the providers are asked, and what they give travels with it.
    pub(super) fn chat_begins(&mut self) {
        self.sdk.started.clear();
        let custom = self.sdk.custom.take();
        let custom_left = std::mem::take(&mut self.sdk.custom_left);
        if self.settings.authentication {
            self.ask_for_token();
        } else if let Some(custom) = custom {
            self.sdk.context_overridden = true;
            self.sdk.reaches(custom, id::CONTEXT_CUSTOM_OVERRIDES);
        } else if custom_left {
            self.sdk.context_overridden = true;
            self.sdk.failed =
                self.sdk.context.as_ref().is_some_and(|provider| provider.variables().is_none());
        } else if self.sdk.context_matters {
            self.ask_for_context();
        }
    }

    /// Refuses steps that would need to know what became of a chat whose provider failed.
    pub(super) fn check_failed(&self, step: &Step) -> Result<(), String> {
        match step {
            Step::Sdk(_) | Step::HoldClock | Step::Advance(_) => Ok(()),
            _ if self.sdk.failed => Err(
                "what becomes of a chat whose provider failed is not specified; make its beginning the last step"
                    .into(),
            ),
            _ => Ok(()),
        }
    }

    fn ask_for_context(&mut self) {
        let sdk = &mut self.sdk;
        let Some(provider) = &sdk.context else {
            sdk.reaches(CustomContext::new(), id::CONTEXT_REMOVED);
            return;
        };
        sdk.context_calls += 1;
        match provider.variables() {
            Some(variables) => sdk.reaches(variables, id::CONTEXT_REACHES_CONVERSATION),
            None => {
                let error = (1, "Context provider method execution failed", id::CONTEXT_FAILURE_REPORTED);
                sdk.errors.push(error);
                sdk.failed = true;
            }
        }
    }

    fn ask_for_token(&mut self) {
        let sdk = &mut self.sdk;
        let Some(provider) = &sdk.tokens else {
            sdk.failed = true;
            return;
        };
        sdk.token_calls += 1;
        let error = match provider {
            AuthTokenProvider::Gives(token) => {
                let fact = Fact::Sdk(SdkFact::TokenReached(token.clone()));
                sdk.started.push(Claim { requirement: id::AUTH_TOKEN_REACHES, fact });
                return;
            }
            AuthTokenProvider::GivesNothing => {
                (3, "Auth token provider didn't provide any token", id::AUTH_NO_TOKEN_REPORTED)
            }
            _ => (2, "Auth token provider method execution failed", id::AUTH_FAILURE_REPORTED),
        };
        sdk.errors.push(error);
        sdk.failed = true;
    }

    /// What holds of context, authentication and availability.
    pub(super) fn claim_sdk(&self, claims: &mut Claims) {
        let sdk = &self.sdk;
        for claim in sdk.answers.iter().chain(&sdk.started) {
            claims.add(claim.requirement.clone(), claim.fact.clone());
        }
        let mut add = |requirement, fact| claims.add(requirement, Fact::Sdk(fact));
        // While a survey is open the chat has started for one reader of the documentation and not for another, and so
        // it had when the survey was left.
        let calls_are_said = !self.survey_is_open() && !sdk.survey_left;
        if sdk.context_matters && !sdk.context_overridden && calls_are_said {
            add(id::CONTEXT_INVOKED_AT_START, SdkFact::ContextProviderCalls(sdk.context_calls));
        }
        if sdk.tokens.is_some() && calls_are_said {
            add(id::AUTH_INVOKED_AT_START, SdkFact::AuthTokenProviderCalls(sdk.token_calls));
        }
        for (at, (code, description, requirement)) in sdk.errors.iter().enumerate() {
            add(requirement.clone(), SdkFact::ErrorReported { at, code: *code, description });
        }
        let availability = &sdk.availability;
        if let Some(because) = &availability.because {
            add(id::AVAILABILITY_FIELDS, SdkFact::AvailabilityFields(availability.answers.len()));
            let (open, rule) = match self.settings.operating_hours {
                true => (true, id::AVAILABILITY_WITHIN_HOURS),
                false => (false, id::AVAILABILITY_OUTSIDE_HOURS),
            };
            add(rule, SdkFact::QueueAvailable(open));
            add(because.clone(), SdkFact::AvailabilityRepeats(availability.answers.clone()));
            let raised = Fact::EventAtLeast("lcw:getAgentAvailability", availability.fresh);
            claims.add(id::AVAILABILITY_EVENT, raised);
        }
    }
}

impl Sdk {
    /// A survey is left before it was submitted.
    pub(super) fn leave_survey(&mut self) {
        self.survey_left = true;
        self.custom_left |= self.custom.take().is_some();
    }

    /// What a chat is to be told, and by which rule.
    fn reaches(&mut self, given: CustomContext, rule: RequirementId) {
        let mut start = |requirement, fact| self.started.push(Claim { requirement, fact: Fact::Sdk(fact) });
        let primitive = given.values().all(|variable| variable.is_primitive());
        if !primitive {
            start(id::CONTEXT_PRIMITIVE_VALUES, SdkFact::ContextIsPrimitive);
        } else if given.len() > MOST_CONTEXT_VARIABLES {
            start(id::CONTEXT_AT_MOST_100, SdkFact::ContextAtMost(MOST_CONTEXT_VARIABLES));
        } else {
            start(rule, SdkFact::ContextReached(given));
        }
    }
}

impl<T> From<Option<&T>> for Answer {
    fn from(provider: Option<&T>) -> Self {
        if provider.is_some() { Self::TheProvider } else { Self::Null }
    }
}

/// The documented fields of an answer of `getAgentAvailability`, with their types.
///
/// Source: `getAgentAvailability` reference, return value.
#[derive(Debug, Clone, Copy)]
pub(super) enum FieldType {
    /// Times are texts, too.
    Text,
    Truth,
    Number,
}

pub(super) const AVAILABILITY_FIELDS: [(&str, FieldType); 8] = [
    ("queueId", FieldType::Text),
    ("isQueueAvailable", FieldType::Truth),
    ("StartTimeOfNextOperatingHour", FieldType::Text),
    ("EndTimeOfNextOperatingHour", FieldType::Text),
    ("nexttransitiontime", FieldType::Text),
    ("positionInQueue", FieldType::Number),
    ("isAgentAvailable", FieldType::Truth),
    ("averageWaitTime", FieldType::Number),
];

impl FieldType {
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_str().is_some_and(|text| !text.is_empty()),
            Self::Truth => value.is_boolean(),
            Self::Number => value.is_number(),
        }
    }
}
