//! What the reference widget does beyond the contract, so that nothing of it is in the way of a test: texts that are no
//! Unicode, windows that are loaded again, chats that come to nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use fantoccini::{Client, Locator};
use lcw::config::BrowserKind;
use lcw::contract::{StartChatCall, WidgetSettings};
use lcw::probe::Place;
use lcw::testing::{ChatPage, TestResult};
use serde_json::json;

const SDK: &str = "Microsoft.Omnichannel.LiveChatWidget.SDK";

/// A page with a widget of these settings.
async fn open(authentication: bool, prechat: bool) -> ChatPage {
    let settings = WidgetSettings { authentication, prechat, ..WidgetSettings::default() };
    ChatPage::options().browser(BrowserKind::Chromium).settings(settings).open().await.unwrap()
}

/// Starts a chat in a window of its own, which has begun then.
async fn chat_in_a_window(page: &mut ChatPage) -> TestResult {
    page.start_chat(&StartChatCall { in_new_window: Some(true), ..StartChatCall::default() }).await?;
    page.expect_chat_in_one_new_window().await?;
    page.site().conversation_begins().await;
    Ok(())
}

/// The client turns to the window that the page has opened.
async fn to_the_other_window(client: &Client) {
    let own = client.window().await.unwrap();
    let other = client.windows().await.unwrap().into_iter().find(|window| *window != own);
    client.switch_to_window(other.unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_context_with_half_an_emoji_begins_a_chat() -> TestResult {
    let mut page = open(false, false).await;
    page.evaluate(&format!(
        "() => void {SDK}.startChat({{ customContext: {{ ['Page ' + '😀'[0]]: {{ value: 'Hi 😀'.slice(0, 4) }} }} }})"
    ))
    .await?;
    page.expect_event("lcw:chatQueued").await?;
    page.send_message("It is \u{1F600}").await?;
    page.expect("an answer", |seen| {
        seen.events.iter().filter(|event| event.name == "lcw:onMessageReceived").count() == 2
    })
    .await?;
    let conversation = &page.site().conversations()[0];
    let context = serde_json::to_value(&conversation.context).unwrap();
    assert_eq!(context, json!({ "Page \u{fffd}": { "value": "Hi \u{fffd}" } }));
    Ok(())
}

#[tokio::test]
async fn a_window_that_its_visitor_loads_again_gets_a_token_again() -> TestResult {
    let mut page = open(true, false).await;
    page.evaluate(&format!("() => {SDK}.setAuthTokenProvider((give) => give('a token'))")).await?;
    chat_in_a_window(&mut page).await?;
    let client = page.client();
    to_the_other_window(client).await;
    client.refresh().await.unwrap();
    let frame = client.wait().for_element(Locator::Css("iframe")).await.unwrap();
    frame.enter_frame().await.unwrap();
    let greeting = "//*[contains(., 'thank you for waiting')]";
    client.wait().for_element(Locator::XPath(greeting)).await.unwrap();
    let tokens: Vec<_> = page.site().conversations().into_iter().map(|chat| chat.token).collect();
    assert_eq!(tokens, [Some("a token".to_owned()), Some("a token".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_was_asked_for_before_the_context_changed_is_not_kept() -> TestResult {
    let page = open(false, false).await;
    let asks = format!(
        "async () => {{
           const early = {SDK}.getAgentAvailability();
           {SDK}.setContextProvider(() => ({{}}));
           await early;
           await {SDK}.getAgentAvailability();
           await {SDK}.getAgentAvailability();
         }}"
    );
    page.evaluate(&asks).await?;
    let asked = page.site().requests().into_iter().filter(|request| request.path.contains("availability"));
    assert_eq!(asked.count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_chat_that_got_no_further_than_its_survey_leaves_no_context() -> TestResult {
    let mut page = open(false, true).await;
    let provides = "setContextProvider(() => ({ Page: { value: 'the provider' } }))";
    page.evaluate(&format!("() => {SDK}.{provides}")).await?;
    page.evaluate(&format!(
        "() => void {SDK}.startChat({{ customContext: {{ Page: {{ value: 'old' }} }} }})"
    ))
    .await?;
    page.expect_prechat().await?;
    page.close_chat().await?;
    page.press(Place::ChatButton).await?;
    page.expect_prechat().await?;
    page.submit_survey().await?;
    page.expect_event("lcw:chatQueued").await?;
    let context = serde_json::to_value(&page.site().conversations()[0].context).unwrap();
    assert_eq!(context, json!({ "Page": { "value": "the provider" } }));
    Ok(())
}

#[tokio::test]
async fn a_token_that_comes_after_the_chat_was_closed_asks_nobody() -> TestResult {
    let page = open(true, false).await;
    let asks = format!(
        "async () => {{
           let asked = 0;
           addEventListener('lcw-harness:conversation-asks', () => (asked += 1));
           let give;
           {SDK}.setAuthTokenProvider((callback) => {{ give = callback; }});
           {SDK}.startChat();
           {SDK}.closeChat();
           give('too late');
           await new Promise((done) => setTimeout(done));
           return asked;
         }}"
    );
    assert_eq!(page.evaluate(&asks).await?, json!(0));
    Ok(())
}

#[tokio::test]
async fn the_chat_button_leads_to_the_window_that_the_chat_is_in() -> TestResult {
    let settings = WidgetSettings { prechat: false, locale: "de-AT".into(), ..WidgetSettings::default() };
    let mut page = ChatPage::options().browser(BrowserKind::Chromium).settings(settings).open().await?;
    chat_in_a_window(&mut page).await?;
    let title = "return [document.title, document.documentElement.lang]";
    let client = page.client();
    to_the_other_window(client).await;
    assert_eq!(client.execute(title, Vec::new()).await.unwrap(), json!(["Live-Chat", "de-AT"]));
    page.press(Place::ChatButton).await?;
    let seen = page.observe().await?;
    assert!(!seen.view.chat && !seen.view.prechat, "{:?}", seen.view);
    assert_eq!(page.site().conversations().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_held_on_the_chat_button_does_no_more_than_open_it() -> TestResult {
    let mut page = open(false, true).await;
    let press = |repeat: bool| {
        format!(
            "() => void document.querySelector('#Microsoft_Omnichannel_LCWidget_Chat_Iframe_Window').contentDocument
               .querySelector('#oc-lcw-chat-button')
               .dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', repeat: {repeat}, bubbles: true }}))"
        )
    };
    page.evaluate(&press(true)).await?;
    assert!(!page.observe().await?.view.prechat);
    page.evaluate(&press(false)).await?;
    page.expect_prechat().await
}
