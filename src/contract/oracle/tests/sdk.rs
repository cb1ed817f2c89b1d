//! What is claimed of context, authentication and availability.

use super::super::sdk_fact::{Answer, SdkFact};
use super::*;
use crate::contract::{
    AuthTokenProvider, ContextProvider, ContextVariable, CustomContext, RequirementId, SdkCall, StartChatCall,
};

fn last(authentication: bool, steps: Vec<Step>) -> Vec<Claim> {
    let settings = WidgetSettings { authentication, prechat: false, ..WidgetSettings::default() };
    predict(&Scenario { settings, steps }).unwrap().pop().unwrap().claims
}

fn fern() -> CustomContext {
    [("plant".to_owned(), ContextVariable { value: "Fern".into(), is_displayable: None })].into()
}

fn set(provider: ContextProvider) -> Step {
    Step::Sdk(SdkCall::SetContextProvider(provider))
}

fn invite() -> Step {
    Step::Call(ProactiveChatCall::default())
}

#[track_caller]
fn assert_claimed(claims: &[Claim], requirement: RequirementId, fact: SdkFact) {
    let claim = Claim { requirement, fact: Fact::Sdk(fact) };
    assert!(claims.contains(&claim), "{claim:?} is not in {claims:#?}");
}

#[test]
fn the_provider_is_asked_when_the_chat_starts_and_not_before() {
    let mut steps = vec![set(ContextProvider::Gives(fern())), invite()];
    let calls = |times| SdkFact::ContextProviderCalls(times);
    assert_claimed(&last(false, steps.clone()), id::CONTEXT_INVOKED_AT_START, calls(0));
    steps.push(Step::Accept);
    let started = last(false, steps);
    assert_claimed(&started, id::CONTEXT_INVOKED_AT_START, calls(1));
    assert_claimed(&started, id::CONTEXT_REACHES_CONVERSATION, SdkFact::ContextReached(fern()));
}

#[test]
fn whether_a_provider_was_asked_for_a_survey_that_was_left_is_not_said() {
    let new_window = StartChatCall { in_new_window: Some(true), ..StartChatCall::default() };
    let settings = WidgetSettings::default();
    for left_by in [Step::CloseChat, Step::CloseWindow] {
        let steps = vec![set(ContextProvider::Gives(fern())), Step::StartChat(new_window.clone()), left_by];
        let claims = predict(&Scenario { settings: settings.clone(), steps }).unwrap().pop().unwrap().claims;
        let said = claims.iter().find(|claim| claim.requirement == id::CONTEXT_INVOKED_AT_START);
        assert_eq!(said, None);
    }
    let steps = vec![set(ContextProvider::Gives(fern())), invite(), Step::Accept, Step::Minimize];
    let claims = predict(&Scenario { settings, steps }).unwrap().pop().unwrap().claims;
    assert!(!claims.iter().any(|claim| claim.requirement == id::CONTEXT_INVOKED_AT_START), "{claims:#?}");
}

#[test]
fn an_answer_of_an_age_that_nobody_knows_is_not_asked_for_again() {
    let ask = Step::Sdk(SdkCall::GetAgentAvailability);
    let steps = vec![ask.clone(), Step::HoldClock, ask.clone()];
    let scenario = Scenario { settings: WidgetSettings::default(), steps };
    assert!(predict(&scenario).is_err());
    let steps = vec![ask.clone(), Step::Sdk(SdkCall::RemoveContextProvider), ask];
    assert_claimed(&last(false, steps), id::AVAILABILITY_REFRESHED, SdkFact::AvailabilityRepeats(vec![0, 1]));
}

#[test]
fn a_removed_provider_gives_nothing_and_what_is_no_function_is_refused() {
    let remove = Step::Sdk(SdkCall::RemoveContextProvider);
    let steps = vec![set(ContextProvider::Gives(fern())), remove, invite(), Step::Accept];
    let nothing = SdkFact::ContextReached(CustomContext::new());
    assert_claimed(&last(false, steps), id::CONTEXT_REMOVED, nothing);
    let refused = SdkFact::Answer { at: 0, method: "setContextProvider", answer: Answer::Throws };
    let odd = set(ContextProvider::NotAFunction(OddValue::Null));
    assert_claimed(&last(false, vec![odd]), id::CONTEXT_FUNCTION_REQUIRED, refused);
}

#[test]
fn a_failure_is_reported_and_what_becomes_of_the_chat_is_recorded() {
    let claims = last(false, vec![set(ContextProvider::Throws), invite(), Step::Accept]);
    let description = "Context provider method execution failed";
    let report = SdkFact::ErrorReported { at: 0, code: 1, description };
    assert_claimed(&claims, id::CONTEXT_FAILURE_REPORTED, report);
    let chat = |claim: &&Claim| matches!(claim.fact, Fact::Page(_) | Fact::Opened { .. });
    assert!(claims.iter().filter(chat).all(|claim| claim.requirement == id::CONTEXT_AFTER_FAILURE));
}

#[test]
fn nobody_says_where_a_context_goes_whose_survey_was_left() {
    let start = Step::StartChat(StartChatCall { in_new_window: Some(true), custom_context: Some(fern()) });
    let call = Step::Call(ProactiveChatCall { show_prechat: Some(false), ..ProactiveChatCall::default() });
    let chat = [Step::CloseChat, call, Step::Accept];
    let steps = [&[set(ContextProvider::Gives(fern())), start], &chat[..]].concat();
    let about_context = |steps: &[Step]| {
        let scenario = Scenario { settings: WidgetSettings::default(), steps: steps.to_vec() };
        let claims = predict(&scenario).unwrap().pop().unwrap().claims;
        let context = |claim: &Claim| matches!(claim.fact, Fact::Sdk(SdkFact::ContextReached(_)));
        claims.into_iter().filter(context).map(|claim| claim.requirement).collect::<Vec<_>>()
    };
    assert_eq!(about_context(&steps), []);
    // The one after it is nobody else's.
    assert_eq!(about_context(&[steps, chat.to_vec()].concat()), [id::CONTEXT_REACHES_CONVERSATION]);
}

#[test]
fn nothing_is_done_with_a_chat_whose_provider_failed() {
    let failed = vec![set(ContextProvider::Throws), invite(), Step::Accept];
    for next in [Step::Send("hi".into()), Step::Reload, Step::CloseChat, Step::Minimize, invite()] {
        let settings = WidgetSettings { prechat: false, ..WidgetSettings::default() };
        let steps = [failed.clone(), vec![next]].concat();
        assert!(predict(&Scenario { settings, steps: steps.clone() }).is_err(), "{steps:?}");
    }
}

#[test]
fn an_authenticated_chat_takes_a_token_and_no_context() {
    let token = SdkCall::SetAuthTokenProvider(AuthTokenProvider::Gives("token".into()));
    let steps = vec![set(ContextProvider::Gives(fern())), Step::Sdk(token), invite(), Step::Accept];
    let claims = last(true, steps);
    assert_claimed(&claims, id::AUTH_TOKEN_REACHES, SdkFact::TokenReached("token".into()));
    assert_claimed(&claims, id::CONTEXT_INVOKED_AT_START, SdkFact::ContextProviderCalls(0));
}

#[test]
fn an_answer_is_kept_for_exactly_two_minutes() {
    let ask = || Step::Sdk(SdkCall::GetAgentAvailability);
    let mut steps = vec![Step::HoldClock, ask(), Step::Advance(Duration::from_millis(119_999)), ask()];
    let repeats = |answers: &[usize]| SdkFact::AvailabilityRepeats(answers.to_vec());
    assert_claimed(&last(false, steps.clone()), id::AVAILABILITY_CACHED, repeats(&[0, 0]));
    steps.extend([Step::Advance(Duration::from_millis(1)), ask()]);
    assert_claimed(&last(false, steps), id::AVAILABILITY_REFRESHED, repeats(&[0, 0, 1]));
}
