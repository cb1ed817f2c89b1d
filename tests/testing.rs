//! The page object that other crates use, used: tables of calls in real browsers.

mod widget;

use std::time::Duration;

use fantoccini::Locator;
use lcw::config::BrowserKind;
use lcw::contract::{DEFAULT_MESSAGE, Part, ProactiveChatCall, Ready, StartChatCall};
use lcw::probe::Place;
use lcw::testing::{ChatPage, TestError, TestResult, chat_page};
use rstest::rstest;

/// What the documentation of `lcw::testing` begins with.
mod example {
    use lcw::contract::ProactiveChatCall;
    use lcw::testing::{ChatPage, TestResult};

    #[tokio::test]
    async fn an_invitation_leads_to_the_survey() -> TestResult {
        let mut page = ChatPage::options().prechat(true).open().await?;
        page.call(&ProactiveChatCall::with_message("May I help?")).await?;
        page.expect_notification("May I help?").await?;
        page.accept().await?;
        page.expect_prechat().await?;
        page.expect_windows(0).await
    }
}

#[rstest]
#[case::a_message(ProactiveChatCall::with_message("May I help you?"), "May I help you?")]
#[case::no_message(ProactiveChatCall::default(), DEFAULT_MESSAGE)]
#[case::markup(ProactiveChatCall::with_message("<b>5 < 6</b>"), "<b>5 < 6</b>")]
#[case::right_to_left(
    ProactiveChatCall::with_message("مرحبا، كيف يمكنني مساعدتك؟"),
    "مرحبا، كيف يمكنني مساعدتك؟"
)]
#[tokio::test]
async fn the_notification_shows_the_message(
    #[future(awt)] chat_page: ChatPage,
    #[case] call: ProactiveChatCall,
    #[case] text: &str,
) -> TestResult {
    let mut page = chat_page;
    page.call(&call).await?;
    page.expect_notification(text).await?;
    page.expect_focus(Part::Accept).await
}

/// The documented table of `showPrechat` x `inNewWindow`, as a site's own test would write it.
#[rstest]
#[tokio::test]
async fn accepting_leads_where_the_call_says(
    #[values(None, Some(true), Some(false))] show_prechat: Option<bool>,
    #[values(false, true)] in_new_window: bool,
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let mut page = ChatPage::options().browser(browser).prechat(true).open().await?;
    let call = ProactiveChatCall { show_prechat, ..ProactiveChatCall::with_message("Hello") };
    page.call(&call.in_new_window(in_new_window)).await?;
    page.expect_notification("Hello").await?;
    page.expect_windows(0).await?;
    page.accept().await?;
    match (in_new_window, show_prechat.unwrap_or(true)) {
        (false, true) => page.expect_prechat().await?,
        (false, false) => page.expect_chat().await?,
        (true, true) => page.expect_prechat_in_one_new_window().await?,
        (true, false) => page.expect_chat_in_one_new_window().await?,
    }
    page.expect_windows(usize::from(in_new_window)).await
}

#[rstest]
#[tokio::test]
async fn time_moves_only_when_it_is_told_to(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let mut page = ChatPage::options().browser(browser).open().await?;
    page.hold_clock().await?;
    page.call(&ProactiveChatCall::with_message("One minute")).await?;
    page.expect_notification("One minute").await?;
    page.advance(Duration::from_millis(59_999)).await?;
    page.expect_notification("One minute").await?;
    page.advance(Duration::from_millis(1)).await?;
    page.expect_no_notification().await
}

#[tokio::test]
async fn a_held_back_ready_is_the_tests_to_fire() -> TestResult {
    let mut page = ChatPage::options().ready(Ready::Harness).open().await?;
    page.call_on_ready(&ProactiveChatCall::with_message("Ready")).await?;
    assert!(page.observe().await?.events.is_empty());
    page.fire_ready().await?;
    page.expect_ready().await?;
    page.expect_notification("Ready").await
}

#[tokio::test]
async fn a_conversation_reaches_the_conversation_end() -> TestResult {
    let mut page = ChatPage::options().browser(BrowserKind::Chromium).prechat(true).open().await?;
    page.call(&ProactiveChatCall::default()).await?;
    page.accept().await?;
    page.expect_prechat().await?;
    page.submit_survey().await?;
    page.expect_chat().await?;
    page.send_message("Where is my parcel?").await?;
    page.expect("an answer", |seen| seen.events.iter().any(|event| event.name == "lcw:onMessageReceived"))
        .await?;
    let conversations = page.site().conversations();
    let said = format!("{conversations:?}");
    assert!(said.contains("Where is my parcel?"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_chat_goes_on_after_a_reload_until_its_agent_ends_it() -> TestResult {
    let mut page = ChatPage::options().browser(BrowserKind::Chromium).prechat(false).open().await?;
    page.start_chat(&StartChatCall::default()).await?;
    page.expect_event("lcw:chatQueued").await?;
    page.press(Place::Minimize).await?;
    page.reload().await?;
    page.expect_event("lcw:chatRetrieved").await?;
    page.start_chat(&StartChatCall::default()).await?;
    page.expect_chat().await?;
    assert_eq!(page.site().agent_ends(), 1);
    page.expect_event("lcw:threadUpdate").await?;
    assert_eq!(page.site().conversations().len(), 1);
    page.close_chat().await?;
    page.hold_clock().await?;
    page.reload().await?;
    // It is held again.
    page.advance(Duration::from_secs(1)).await?;
    page.expect_ready().await?;
    let seen = page.observe().await?;
    assert!(seen.events.iter().all(|event| event.name != "lcw:chatRetrieved"), "{:?}", seen.events);
    Ok(())
}

/// Whoever closes a chat goes on at its button, and whoever is in a chat that ended writes to nobody.
#[tokio::test]
async fn a_chat_that_has_ended_takes_no_words_and_gives_the_focus_back() -> TestResult {
    let mut page = ChatPage::options().browser(BrowserKind::Chromium).prechat(false).open().await?;
    page.start_chat(&StartChatCall::default()).await?;
    page.expect_event("lcw:onMessageReceived").await?;
    assert_eq!(page.site().agent_ends(), 1);
    page.expect_event("lcw:threadUpdate").await?;
    page.send_message("Is anybody there?").await?;
    let seen = page.observe().await?;
    assert!(seen.events.iter().all(|event| event.name != "lcw:onMessageSent"), "{:?}", seen.events);
    page.press(Place::Close).await?;
    page.expect_focus(Part::ChatButton).await
}

#[tokio::test]
async fn the_classic_client_drives_the_same_page() -> TestResult {
    let page = ChatPage::options().browser(BrowserKind::Chromium).open().await?;
    let client = page.client();
    let frame = client.find(Locator::Id("Microsoft_Omnichannel_LCWidget_Chat_Iframe_Window")).await;
    frame.expect("the widget's frame").enter_frame().await.expect("the frame can be entered");
    let button = client.find(Locator::Id("oc-lcw-chat-button")).await.expect("the chat button");
    assert_eq!(button.attr("role").await.ok().flatten().as_deref(), Some("button"));
    client.clone().enter_parent_frame().await.expect("the page can be entered again");
    Ok(())
}

/// Wherever a test left the classic client, the next one finds it at its own page.
#[rstest]
#[tokio::test]
async fn the_classic_client_begins_at_the_page(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let frame = Locator::Id("Microsoft_Omnichannel_LCWidget_Chat_Iframe_Window");
    for _ in 0..2 {
        let page = ChatPage::options().browser(browser).open().await?;
        let found = page.client().find(frame).await.expect("the widget's frame");
        found.enter_frame().await.expect("the frame can be entered");
    }
    Ok(())
}

#[rstest]
#[tokio::test]
async fn a_page_whose_script_never_ends_is_no_burden_for_the_next_test(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let page = ChatPage::options().browser(browser).open().await?;
    page.evaluate("() => { setTimeout(() => { for (;;); }); }").await?;
    drop(page);
    let mut page = ChatPage::options().browser(browser).open().await?;
    page.call(&ProactiveChatCall::with_message("Hello")).await?;
    page.expect_notification("Hello").await
}

#[tokio::test]
async fn what_is_not_seen_is_told_with_what_was() -> TestResult {
    let mut page = ChatPage::options().browser(BrowserKind::Chromium).open().await?;
    page.call(&ProactiveChatCall::with_message("Hello")).await?;
    page.expect_notification("Hello").await?;
    page.set_step_deadline(Duration::from_millis(300));
    let line = line!() + 1;
    let Err(error @ TestError::NotSeen { .. }) = page.expect_notification("Good-bye").await else {
        panic!("the wrong message was taken for the right one");
    };
    let text = error.to_string();
    let expected = format!("tests/testing.rs:{line}: expected the notification \"Good-bye\", waited 300ms\n");
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("last seen: notification \"Hello\""), "{text}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_pressed_is_an_error_and_not_a_wait() -> TestResult {
    let mut page = ChatPage::options().browser(BrowserKind::Chromium).open().await?;
    let error = page.accept().await.expect_err("there is no notification to accept");
    let expected =
        format!("tests/testing.rs:{}: failed to press the notification's start button", line!() - 2);
    assert!(error.to_string().starts_with(&expected), "{error}");
    Ok(())
}

#[rstest]
#[tokio::test]
async fn a_survey_in_a_window_leads_to_its_chat(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let mut page = ChatPage::options().browser(browser).prechat(true).open().await?;
    let opened = page.client().current_url().await.unwrap();
    page.call(&ProactiveChatCall::with_message("In a window").in_new_window(true)).await?;
    page.expect_notification("In a window").await?;
    page.accept().await?;
    page.expect_prechat_in_one_new_window().await?;
    page.submit_survey().await?;
    page.expect_chat_in_one_new_window().await?;
    // The classic client still speaks of the page.
    assert_eq!(page.client().current_url().await.unwrap(), opened);
    Ok(())
}

#[rstest]
#[tokio::test]
async fn a_window_that_is_closed_is_seen_to_be_gone(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let mut page = ChatPage::options().browser(browser).prechat(false).open().await?;
    let too_early = page.close_window().await.unwrap_err().to_string();
    assert!(too_early.contains("close the chat's window: 0 are open"), "{too_early}");
    page.call(&ProactiveChatCall::with_message("In a window").in_new_window(true)).await?;
    page.expect_notification("In a window").await?;
    page.accept().await?;
    page.expect_chat_in_one_new_window().await?;
    page.close_window().await?;
    let seen = page.observe().await?;
    assert_eq!((seen.windows.len(), seen.windows_opened), (0, 1));
    Ok(())
}

/// Whoever has a page and opens another would wait for itself.
#[tokio::test]
async fn a_test_can_have_several_pages() -> TestResult {
    let mut pages = Vec::new();
    for browser in [BrowserKind::Chromium, BrowserKind::Chromium, BrowserKind::Firefox] {
        pages.push(ChatPage::options().browser(browser).open().await?);
    }
    for (number, page) in pages.iter_mut().enumerate() {
        page.call(&ProactiveChatCall::with_message(format!("Page {number}"))).await?;
    }
    for (number, page) in pages.iter_mut().enumerate() {
        page.expect_notification(&format!("Page {number}")).await?;
    }
    Ok(())
}

/// Where each test is a process, browsers are handed from one to the next, and the first page has the only one.
#[tokio::test]
async fn a_test_that_is_a_process_can_have_several_pages_too() {
    let run = format!("several-pages-{}", std::process::id());
    let mut test = tokio::process::Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "a_test_can_have_several_pages"]).env("NEXTEST_RUN_ID", run).kill_on_drop(true);
    let ended = tokio::time::timeout(Duration::from_secs(60), test.output()).await;
    let output = ended.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
