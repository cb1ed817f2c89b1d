//! `lcw::testing::SitePage`, used as the tests of a site would use it, on pages that know nothing of it.

use std::time::Duration;

use lcw::assets::Assets;
use lcw::config::BrowserKind;
use lcw::contract::WidgetSettings;
use lcw::server::{FixtureServer, Replacements};
use lcw::site::{
    DialogAnswer, Expect, Geolocation, Happening, InvitationExpectation, Reply, ScrollTo, Shown, Visitor,
};
use lcw::testing::{SitePage, SitePageOptions, TestError, TestResult, settings};
use rstest::rstest;

/// The checkout's own sites.
const SITES: &str = "fixtures/sites";

fn sites(browser: BrowserKind) -> SitePageOptions {
    SitePage::options().browser(browser).root(SITES)
}

#[rstest]
#[tokio::test]
async fn whoever_reads_for_20_seconds_is_invited(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let site = SitePage::options().browser(browser).root("fixtures/sites");
    let mut page = site.open("after-a-while/index.html").await?;
    page.advance(Duration::from_millis(19_999)).await?;
    page.expect_no_invitation().await?;
    page.advance(Duration::from_millis(1)).await?;
    page.expect_invitation_at(Duration::from_secs(20), "Can we help you choose a tree?").await?;
    page.accept().await?;
    page.expect_chat().await?;
    page.expect(Expect { invitations: Some(1), page_errors: Some(0), ..Expect::default() }).await
}

#[rstest]
#[tokio::test]
async fn a_visitor_in_austria_is_invited_and_not_alerted(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let graz = Geolocation::Granted { latitude: 47.07, longitude: 15.44, accuracy: None };
    let mut page = SitePage::options()
        .browser(browser)
        .root("fixtures/sites")
        .visitor(Visitor { geolocation: Some(graz), ..Visitor::default() })
        .reply(Reply::json("https://places.example/country*", serde_json::json!({ "country": "AT" })))
        .open("from-a-country/index.html")
        .await?;
    let austria = InvitationExpectation { contains: Some("Austria".into()), ..Default::default() };
    let invitation = Some(Shown::Like(austria));
    page.expect(Expect { invitation, dialogs: Some(0), ..Expect::default() }).await
}

/// What a red test says has to be enough to mend the page.
#[rstest]
#[tokio::test]
async fn a_broken_promise_is_told_with_its_cause_and_everything_that_happened(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let mut page = sites(browser).open("open-request/broken.html?case=4711").await?;
    page.advance(Duration::from_secs(10)).await?;
    let line = line!() + 1;
    let expected = page.expect_invitation("Is there something to add to request 4711?").await;
    let Err(error @ TestError::Step(_)) = expected else { panic!("{expected:?}") };
    let text = format!("{error:?}");
    let begins = format!(
        "tests/site_page.rs:{line}: step 3, expect an invitation \"Is there something to add to request …
  the invitation's text
    expected  \"Is there something to add to request 4711?\"
    actual    \"Hi! Have any questions? I'm here to help\"
probably: "
    );
    assert!(text.starts_with(&begins), "{text}\nshould begin with\n{begins}");
    for part in [
        "`message`",
        "broken.html:",
        "what happened:\n  step 1: visit open-request/broken.html",
        "  10.000 s  ",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    // The visitor is still there.
    page.dismiss().await?;
    page.expect_no_invitation().await
}

#[tokio::test]
async fn a_step_that_cannot_be_taken_says_what_is_in_its_way() -> TestResult {
    let mut page = sites(BrowserKind::Chromium).open("from-the-questions/broken.html").await?;
    let Err(TestError::Step(failed)) = page.accept().await else { panic!("there was no invitation") };
    assert_eq!((failed.failure.number, failed.failure.line), (2, None));
    let text = failed.to_string();
    assert!(text.contains("failed to press the notification's start button"), "{text}");
    assert!(text.contains("probably: ") && text.contains("SyntaxError"), "{text}");
    let Err(TestError::Step(failed)) = page.click("#nowhere").await else { panic!("it was clicked") };
    let reason = failed.failure.reason.unwrap_or_default();
    assert!(reason.ends_with("nothing in the page matches #nowhere"), "{reason}");
    let Err(TestError::Step(failed)) = page.script("throw 'no'").await else { panic!("nothing was thrown") };
    assert_eq!(failed.failure.reason.as_deref(), Some("failed to run a script in the page: no"));
    // None of it has harmed the browser.
    page.visit("after-a-while/index.html").await
}

/// A test of one visitor may want another one beside them: neither waits for the other, and they share nothing.
#[rstest]
#[tokio::test]
async fn two_visitors_at_once_have_a_page_and_a_time_each(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] browser: BrowserKind,
) -> TestResult {
    let site = || sites(browser);
    let (mut first, mut second) =
        (site().open("coming-back/index.html").await?, site().open("coming-back/index.html").await?);
    first.revisit().await?;
    first.advance(Duration::from_secs(5)).await?;
    second.advance(Duration::from_secs(5)).await?;
    let back = InvitationExpectation { contains: Some("Welcome back".into()), ..Default::default() };
    let invitation = Some(Shown::Like(back));
    first.expect(Expect { invitation, ..Expect::default() }).await?;
    second.expect_no_invitation().await?;
    assert_eq!((first.timeline().visits().count(), second.timeline().visits().count()), (2, 1));
    Ok(())
}

/// A visitor does what visitors do, in the words of a file of scenarios.
#[tokio::test]
async fn every_step_of_a_file_can_be_taken() -> TestResult {
    let folder = tempfile::tempdir().unwrap();
    let page = r##"<!doctype html><meta charset="utf-8"><title>steps</title><style>body { height: 4000px }</style>
<input id="name"><button id="ask">Ask</button><p id="said"></p><script>
  const said = document.querySelector("#said");
  const say = (what) => { said.textContent += what + " "; };
  addEventListener("scroll", () => say(`scrolled:${Math.round(scrollY)}`), { once: true });
  document.addEventListener("mouseleave", () => say("left"));
  document.addEventListener("pointerleave", ({ pointerType, isPrimary }) => say(`${pointerType}:${isPrimary}`));
  document.addEventListener("mousemove", ({ clientY }) => { if (clientY === 1) say("moved"); });
  document.addEventListener("mouseenter", () => say("entered"));
  document.addEventListener("visibilitychange", () => say(document.visibilityState));
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") say(key); });
  document.querySelector("#ask").addEventListener("click", async () => {
    const answer = await fetch("https://answers.example/", { method: "POST", body: "" });
    say(`${await answer.text()}:${prompt("Who?")}:${document.querySelector("#name").value}`);
  });
</script>"##;
    std::fs::write(folder.path().join("steps.html"), page).unwrap();
    let mut page = SitePage::options()
        .browser(BrowserKind::Chromium)
        .root(folder.path())
        .reply(Reply::status("https://answers.example/*", 500))
        .open("steps.html")
        .await?;
    page.reply(Reply::text("https://answers.example/*", "pong")).await?;
    page.dialog(DialogAnswer::Answer("Ada".into())).await?;
    page.type_into("#name", "Fern").await?;
    page.click("#ask").await?;
    page.escape().await?;
    page.mouse_leave().await?;
    page.mouse_enter().await?;
    page.switch_tab().await?;
    page.return_to_tab().await?;
    page.scroll(ScrollTo::Pixels(300.0)).await?;
    page.idle(Duration::from_secs(60)).await?;
    let said =
        "entered pong:Ada:Fern Escape moved mouse:true left entered moved hidden visible scrolled:300 ";
    page.script(format!("const {{ textContent }} = said; if (textContent !== {said:?}) throw textContent;"))
        .await?;
    page.expect(Expect { dialogs: Some(1), page_errors: Some(0), ..Expect::default() }).await?;
    page.reload().await?;
    page.script("if (said.textContent.includes('pong')) throw said.textContent;").await
}

#[tokio::test]
async fn what_no_file_could_have_is_told_before_a_browser_is_touched() {
    let visitor = Visitor { now: Some("2026-13-01".into()), ..Visitor::default() };
    let line = line!() + 1;
    let opened = SitePage::options().visitor(visitor).open("index.html").await;
    let text = opened.err().unwrap().to_string();
    assert!(text.starts_with(&format!("tests/site_page.rs:{line}:")), "{text}");
    assert!(text.contains("`2026-13-01` is no instant; expected date, time and offset"), "{text}");
    for address in ["localhost", "localhost:3000"] {
        let text = SitePage::options().base_url(address).open("").await.err().unwrap().to_string();
        assert!(text.contains(&format!("`{address}` is no server's address")), "{text}");
    }
    let text = SitePage::options().allow("localhost:3000").open("").await.err().unwrap().to_string();
    assert!(text.contains("`localhost:3000` is no host; expected a whole host"), "{text}");
    let text = SitePage::options().root("nowhere").open("index.html").await.err().unwrap().to_string();
    let expected = "failed to serve the pages of nowhere: No such file or directory (os error 2); name the folder that has the pages";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn pages_may_be_on_a_server_that_is_running() -> TestResult {
    let server = FixtureServer::start(&settings()?.server).await?;
    let pages = Replacements::default().folder_as_it_is(Assets::folder(SITES.as_ref()).unwrap());
    let running = server.open_case_with("running", &WidgetSettings::default(), pages);
    let site = SitePage::options().browser(BrowserKind::Chromium).base_url(running.url().as_str());
    let mut page = site.open("ask-a-gardener/index.html").await?;
    page.expect_invitation_at(Duration::ZERO, "A gardener has time for you now.").await?;
    let opened = Happening::Opened { url: format!("{}ask-a-gardener/index.html", running.url()) };
    assert!(page.timeline().entries.iter().any(|entry| entry.happening == opened), "{:?}", page.timeline());
    Ok(())
}

/// Whoever gives up on a step leaves a browser of which nobody knows what it is doing; the next test gets another.
#[tokio::test]
async fn a_step_that_is_broken_off_disturbs_nobody() -> TestResult {
    let mut page = sites(BrowserKind::Chromium).open("restless/index.html").await?;
    let minutes = page.advance(Duration::from_secs(600));
    assert!(tokio::time::timeout(Duration::from_millis(1), minutes).await.is_err());
    drop(page);
    let mut page = sites(BrowserKind::Chromium).open("after-a-while/index.html").await?;
    page.advance(Duration::from_secs(20)).await?;
    page.expect_invitation("Can we help you choose a tree?").await
}
