//! The life of a chat and its events.

use super::*;

fn surveyless(steps: Vec<Step>) -> Vec<Claim> {
    last(configured(false), steps)
}

fn start() -> Step {
    Step::StartChat(StartChatCall::default())
}

fn start_in(new_window: bool) -> Step {
    Step::StartChat(StartChatCall { in_new_window: Some(new_window), custom_context: None })
}

fn at_least(times: usize, name: &'static str) -> Fact {
    Fact::EventAtLeast(name, times)
}

/// The events that must not have been raised.
fn never(claims: &[Claim]) -> Vec<&'static str> {
    let names = claims.iter().find_map(|claim| match &claim.fact {
        Fact::NoEvents(names) if claim.requirement == id::EVENT_ONLY_WHEN_CAUSED => Some(names.clone()),
        _ => None,
    });
    names.unwrap()
}

#[test]
fn start_chat_starts_a_chat_where_it_is_asked_to_and_raises_its_event() {
    let seen = surveyless(vec![start()]);
    assert!(claims(&seen, id::START_CHAT_OPENS, Fact::Opened { in_window: false }));
    assert!(claims(&seen, id::START_CHAT_IN_PAGE, Fact::WindowsOpened(0)));
    assert!(claims(&seen, id::EVENT_START_CHAT, at_least(1, "lcw:startChat")));
    assert!(claims(&seen, id::EVENT_CHAT_QUEUED, at_least(1, "lcw:chatQueued")));
    assert!(claims(&seen, id::CALL_RETURNS_NOTHING, Fact::ReturnedUndefined(1)));
    let window = surveyless(vec![start_in(true)]);
    assert!(claims(&window, id::START_CHAT_NEW_WINDOW, Fact::WindowsOpened(1)));
    assert!(claims(&window, id::START_CHAT_NEW_WINDOW, Fact::Page(Pane::Nothing)));
    assert!(claims(&window, id::EVENT_START_CHAT, at_least(1, "lcw:startChat")));
    assert!(claims(&surveyless(vec![start_in(false)]), id::START_CHAT_IN_PAGE, Fact::WindowsOpened(0)));
}

#[test]
fn whether_a_survey_comes_first_without_an_invitation_is_recorded_and_not_judged() {
    let seen = last(configured(true), vec![start()]);
    assert!(claims(&seen, id::START_CHAT_PRECHAT, Fact::Page(Pane::Prechat)));
    assert!(claims(&seen, id::START_CHAT_OPENS, Fact::Opened { in_window: false }));
    // So the events of a chat that begins at once are not judged either.
    for begin in [start(), Step::OpenChat] {
        let never = never(&last(configured(true), vec![begin]));
        assert!(!never.contains(&"lcw:chatQueued") && !never.contains(&"lcw:onMessageReceived"), "{never:?}");
    }
}

/// Nobody says what becomes of it, and so neither what is open afterwards.
#[test]
fn a_window_that_close_chat_left_is_not_judged_with_those_that_come_after_it() {
    let in_window = || [Step::Call(hello().in_new_window(true)), Step::Accept].to_vec();
    let again = last(configured(true), [in_window(), vec![Step::CloseChat], in_window()].concat());
    assert!(claims(&again, id::WINDOW_NEW, Fact::WindowsOpened(2)));
    assert!(!again.iter().any(|claim| matches!(claim.fact, Fact::Windows(_))), "{again:#?}");
    // What was unsure of it is none of what comes after it.
    let in_page = vec![Step::Call(hello().show_prechat(false)), Step::Accept];
    let seen = last(configured(true), [vec![start_in(true), Step::CloseChat], in_page].concat());
    assert!(claims(&seen, id::PRECHAT_NOT_WHEN_FALSE, Fact::Page(Pane::Chat)), "{seen:#?}");
}

#[test]
fn start_chat_opens_the_chat_that_there_is_and_begins_no_other() {
    for between in [vec![], vec![Step::Minimize], vec![Step::Reload]] {
        let reloaded = between.contains(&Step::Reload);
        let steps = [vec![start()], between, vec![start_in(true)]].concat();
        let seen = surveyless(steps);
        let conversations = usize::from(!reloaded);
        let no_other = Fact::EventAtMost("lcw:chatQueued", conversations);
        assert!(claims(&seen, id::START_CHAT_OPENS_EXISTING, no_other), "{seen:?}");
        assert!(claims(&seen, id::START_CHAT_OPENS_EXISTING, Fact::Page(Pane::Chat)));
        assert!(claims(&seen, id::START_CHAT_OPENS_EXISTING, Fact::WindowsOpened(0)));
    }
}

#[test]
fn a_survey_leads_to_the_chat_where_it_is() {
    let submitted = |call: ProactiveChatCall| vec![Step::Call(call), Step::Accept, Step::SubmitSurvey];
    let in_page = last(configured(true), submitted(hello()));
    assert!(claims(&in_page, id::PRECHAT_THEN_CHAT, Fact::Page(Pane::Chat)), "{in_page:#?}");
    let in_window = last(configured(true), submitted(hello().in_new_window(true)));
    assert!(claims(&in_window, id::PRECHAT_THEN_CHAT, Fact::Windows(vec![Pane::Chat])), "{in_window:#?}");
    assert!(claims(&in_window, id::WINDOW_NEW, Fact::Page(Pane::Nothing)), "{in_window:#?}");
    // The next window's pane is there for its own reason.
    let next = [submitted(hello().in_new_window(true)), vec![Step::CloseWindow, Step::CloseChat]].concat();
    let again = [next, vec![Step::Call(hello().in_new_window(true)), Step::Accept]].concat();
    let again = last(configured(true), again);
    assert!(claims(&again, id::WINDOW_PRECHAT, Fact::Windows(vec![Pane::Prechat])), "{again:#?}");
}

#[test]
fn an_event_is_not_raised_before_its_cause() {
    let quiet = surveyless(vec![]);
    assert_eq!(never(&quiet).len(), 11);
    let begun = never(&surveyless(vec![Step::OpenChat]));
    for name in ["lcw:startChat", "lcw:chatQueued", "lcw:onMessageReceived"] {
        assert!(!begun.contains(&name), "{name}");
    }
    assert!(begun.contains(&"lcw:onMessageSent") && begun.contains(&"lcw:closeChat"));
    // Whether the chat has started while its survey is open is nobody's word.
    let survey = last(configured(true), vec![Step::Call(hello()), Step::Accept]);
    assert!(!never(&survey).contains(&"lcw:startChat") && never(&survey).contains(&"lcw:chatQueued"));
    assert!(!survey.iter().any(|claim| claim.requirement == id::EVENT_START_CHAT));
}

#[test]
fn an_error_is_told_only_where_something_may_fail() {
    let accepted = last(configured(false), vec![Step::Call(hello()), Step::Accept]);
    assert!(never(&accepted).contains(&"lcw:error"));
    let authenticated = WidgetSettings { authentication: true, ..configured(false) };
    let without_a_token = last(authenticated, vec![Step::Call(hello()), Step::Accept]);
    assert!(
        !without_a_token
            .iter()
            .any(|claim| matches!(&claim.fact, Fact::NoEvents(names) if names.contains(&"lcw:error")))
    );
    let blocked = WidgetSettings { page: PageKind::NoPopups, ..configured(false) };
    let dismissed = last(blocked, vec![Step::Call(hello()), Step::Dismiss]);
    assert!(never(&dismissed).contains(&"lcw:error"));
}

#[test]
fn messages_are_told_both_ways() {
    let say = || Step::AgentSays("Still there?".into());
    let seen = surveyless(vec![Step::OpenChat, Step::Send("hi".into()), Step::Minimize, say()]);
    assert!(claims(&seen, id::CHAT_MESSAGE_SENT, at_least(1, "lcw:onMessageSent")));
    // A greeting, an answer, and what the agent said by himself.
    assert!(claims(&seen, id::CHAT_MESSAGE_RECEIVED, at_least(3, "lcw:onMessageReceived")));
    assert!(claims(&seen, id::EVENT_MESSAGE_TYPE, Fact::MessageTypes));
}

#[test]
fn minimising_hides_and_maximising_shows_what_was_open() {
    let minimized = surveyless(vec![Step::OpenChat, Step::Minimize]);
    assert!(claims(&minimized, id::CHAT_MINIMIZE, Fact::Page(Pane::Nothing)));
    assert!(claims(&minimized, id::EVENT_ON_MINIMIZE, at_least(1, "lcw:onMinimize")));
    let maximized = surveyless(vec![Step::OpenChat, Step::Minimize, Step::Maximize]);
    assert!(claims(&maximized, id::CHAT_MAXIMIZE, Fact::Page(Pane::Chat)));
    assert!(claims(&maximized, id::EVENT_ON_MAXIMIZE, at_least(1, "lcw:onMaximize")));
}

#[test]
fn a_call_beside_a_minimised_or_retrieved_chat_is_ignored() {
    for between in [Step::Minimize, Step::Reload] {
        let seen = surveyless(vec![Step::OpenChat, between, Step::Call(hello())]);
        assert!(claims(&seen, id::CALL_IGNORED_WHILE_ENGAGED, Fact::Notification(false)));
    }
}

#[test]
fn a_chat_that_is_under_way_is_found_again_and_where_it_is_shown_is_only_recorded() {
    let seen = surveyless(vec![Step::OpenChat, Step::Reload]);
    assert!(claims(&seen, id::EVENT_CHAT_RETRIEVED, at_least(1, "lcw:chatRetrieved")));
    assert!(claims(&seen, id::CHAT_AFTER_RELOAD, Fact::Page(Pane::Chat)));
    assert!(never(&seen).contains(&"lcw:chatQueued") && never(&seen).contains(&"lcw:onMessageReceived"));
    assert!(claims(&seen, id::READY_RAISED_ONCE, Fact::ReadyOnWindow(1)));
}

#[test]
fn a_chat_that_begins_while_the_clock_is_held_is_not_looked_for_elsewhere() {
    for elsewhere in [Step::Reload, Step::SecondTab] {
        let refused = |steps: &[Step]| {
            let scenario = Scenario { settings: configured(false), steps: steps.to_vec() };
            predict(&scenario).err().is_some_and(|refused| refused.to_string().contains("hold-clock"))
        };
        assert!(refused(&[Step::HoldClock, Step::OpenChat, elsewhere.clone()]));
        assert!(refused(&[Step::HoldClock, Step::OpenChat, Step::Minimize, elsewhere.clone()]));
        // After an odd call nobody waits for it either.
        let odd = Step::OddCall(OddCall::default());
        assert!(refused(&[odd, Step::DismissIfShown, start(), elsewhere.clone()]));
        assert!(!refused(&[Step::OpenChat, Step::HoldClock, elsewhere.clone()]));
        assert!(!refused(&[Step::HoldClock, Step::OpenChat, Step::CloseChat, elsewhere]));
    }
}

#[test]
fn closing_ends_the_chat_and_a_reload_does_not_bring_it_back() {
    for (close, requirement) in
        [(Step::CloseChat, id::CLOSE_CHAT_ENDS), (Step::CloseWidget, id::CHAT_CLOSE_BUTTON)]
    {
        let closed = surveyless(vec![Step::OpenChat, close]);
        assert!(claims(&closed, requirement, Fact::Page(Pane::Nothing)));
        assert!(claims(&closed, id::EVENT_CLOSE_CHAT, at_least(1, "lcw:closeChat")));
        assert!(claims(&closed, id::EVENT_ON_CLOSE, at_least(1, "lcw:onClose")));
    }
    let again = surveyless(vec![Step::OpenChat, Step::CloseChat, Step::Reload]);
    assert!(claims(&again, id::CLOSE_CHAT_FORGETS, Fact::EventAtMost("lcw:chatRetrieved", 0)));
    assert!(claims(&again, id::CLOSE_CHAT_FORGETS, Fact::Page(Pane::Nothing)));
    let by_visitor = surveyless(vec![Step::OpenChat, Step::CloseWidget, Step::Reload]);
    assert!(never(&by_visitor).contains(&"lcw:chatRetrieved"));
}

/// Source: `closeChat` reference: it ends the conversation. What begins afterwards may go on.
#[test]
fn close_chat_ends_the_conversation_and_not_the_next_one() {
    let steps = vec![start(), Step::CloseChat];
    assert!(claims(&surveyless(steps.clone()), id::CLOSE_CHAT_ENDS, Fact::ConversationEnded));
    let ended = |claim: &Claim| claim.fact == Fact::ConversationEnded;
    assert!(!surveyless([steps, vec![start_in(true)]].concat()).iter().any(ended));
    assert!(!surveyless(vec![Step::CloseChat]).iter().any(ended));
}

#[test]
fn an_invitation_that_comes_with_the_end_of_a_chat_is_one_that_nobody_called_for() {
    for end in [Step::CloseChat, Step::CloseWidget] {
        let seen = surveyless(vec![Step::Call(ProactiveChatCall::default()), Step::Accept, end]);
        assert!(claims(&seen, id::NOTIFICATION_ONLY_ON_CALL, Fact::Notification(false)));
    }
}

#[test]
fn a_chat_that_was_found_again_can_be_closed_for_good() {
    let steps = vec![Step::OpenChat, Step::Reload, Step::CloseChat];
    let closed = surveyless(steps.clone());
    assert!(claims(&closed, id::EVENT_CHAT_RETRIEVED, at_least(1, "lcw:chatRetrieved")));
    let forgets = |claim: &Claim| claim.requirement == id::CLOSE_CHAT_FORGETS;
    assert!(!closed.iter().any(forgets), "it speaks of the next reload");
    assert!(surveyless([steps, vec![Step::Reload]].concat()).iter().any(forgets));
}

#[test]
fn an_agents_end_is_told_and_what_is_shown_then_is_only_recorded() {
    let seen = surveyless(vec![Step::OpenChat, Step::AgentEnds]);
    assert!(claims(&seen, id::EVENT_THREAD_UPDATE, at_least(1, "lcw:threadUpdate")));
    assert!(claims(&seen, id::CHAT_AFTER_AGENT_ENDED, Fact::Page(Pane::Chat)));
    let never = never(&seen);
    assert!(!never.contains(&"lcw:closeChat") && !never.contains(&"lcw:onClose"), "{never:?}");
}

#[test]
fn an_invitation_does_not_outlive_a_reload_and_the_page_calls_anew() {
    let gone = last(configured(true), vec![Step::Call(hello()), Step::Reload]);
    assert!(claims(&gone, id::NOTIFICATION_GONE_AFTER_RELOAD, Fact::Notification(false)));
    assert!(claims(&gone, id::NOTIFICATION_GONE_AFTER_RELOAD, Fact::NotificationsShown(0)));
    let calls = WidgetSettings { page_call: Some(hello()), ..configured(true) };
    let anew = last(calls, vec![Step::Dismiss, Step::Reload]);
    assert!(claims(&anew, id::NOTIFICATION_SHOWN, Fact::Notification(true)));
}

#[test]
fn what_nobody_specifies_of_a_chat_is_the_suites_fault() {
    let invited = || Step::Call(hello());
    for steps in [
        vec![invited(), start()],
        vec![invited(), Step::CloseChat],
        vec![invited(), Step::OpenChat],
        vec![start_in(true), start()],
        vec![start_in(true), Step::Reload],
        vec![start_in(true), Step::CloseChat, Step::Reload],
        vec![start(), Step::OpenChat],
        vec![start(), Step::Maximize],
        vec![start(), Step::Reload, Step::Send("hi".into())],
        vec![start(), Step::Reload, Step::Minimize],
        vec![start(), Step::AgentEnds, Step::Send("hi".into())],
        vec![start(), Step::AgentEnds, invited()],
        vec![start(), Step::AgentEnds, start()],
        vec![start(), Step::AgentEnds, Step::Reload],
        vec![start(), Step::HoldClock, Step::AgentEnds],
        vec![Step::Minimize],
        vec![Step::CloseWidget],
        vec![Step::AgentEnds],
        vec![Step::AgentSays("hi".into())],
    ] {
        let bug = predict(&scenario(configured(false), steps.clone()));
        assert!(bug.is_err(), "{steps:?}: {bug:?}");
    }
    for between in [vec![], vec![Step::Minimize]] {
        for end in [Step::CloseChat, Step::Reload, start()] {
            let steps = [vec![invited(), Step::Accept], between.clone(), vec![end]].concat();
            assert!(predict(&scenario(configured(true), steps.clone())).is_err(), "{steps:?}");
        }
    }
}
