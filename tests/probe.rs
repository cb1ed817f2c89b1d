//! The probe in real browsers: its clock keeps the order of things, and its reports miss nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use lcw::config::BrowserKind;
use lcw::contract::{EventTarget, Observation, PageKind, Ready, WidgetSettings};
use lcw::server::Replacements;
use lcw::testing::ChatPage;
use rstest::rstest;
use serde_json::json;

/// A page of the test's own under the probe.
async fn open(kind: BrowserKind, body: &str) -> ChatPage {
    let replaced = Replacements::default().file("pages/index.html", page(body));
    // There is no widget in it, so nobody raises `lcw:ready`.
    ChatPage::options().browser(kind).ready(Ready::Harness).replace(replaced).open().await.unwrap()
}

fn page(body: &str) -> String {
    format!("<!doctype html><meta charset=utf-8><title>page</title><body>{body}")
}

/// Timers in the page and in a frame, a nested timer, an interval, a cleared timer, promise jobs, and
/// an animation frame; each writes its name and the clock's time.
const TIMERS: &str = r#"<iframe srcdoc="<p>frame</p>"></iframe><script>
  const log = [];
  const start = () => {
    const zero = performance.now();
    const note = (name) => log.push(`${name}@${Math.round(performance.now() - zero)}`);
    setTimeout(() => note("late"), 2000);
    setTimeout(() => { note("first"); Promise.resolve().then(() => note("job")); setTimeout(() => note("nested"), 500); }, 1000);
    setTimeout(() => note("second"), 1000);
    const never = setTimeout(() => note("never"), 10);
    clearTimeout(never);
    const interval = setInterval(() => { note("tick"); if (performance.now() - zero > 1300) clearInterval(interval); }, 700);
    frames[0].setTimeout(() => note("frame"), 1200);
    requestAnimationFrame(() => note("paint"));
    window.before = Date.now();
  };
</script>"#;

#[rstest]
#[tokio::test]
async fn a_held_clock_fires_everything_in_order_and_in_no_time(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = open(kind, TIMERS).await;
    stage.hold_clock().await.unwrap();
    stage.evaluate("() => start()").await.unwrap();
    stage.observe().await.unwrap();
    // 1. Nothing moves by itself.
    assert_eq!(stage.evaluate("() => [...log, Date.now() - before]").await.unwrap(), json!([0]));
    // 2. A step moves everything that is due, frames included, jobs between timers.
    stage.advance(Duration::from_millis(1499)).await.unwrap();
    let expected =
        json!(["paint@17", "tick@700", "first@1000", "job@1000", "second@1000", "frame@1200", "tick@1400"]);
    assert_eq!(stage.evaluate("() => log").await.unwrap(), expected);
    // 3. The last millisecond counts.
    stage.advance(Duration::from_millis(1)).await.unwrap();
    assert_eq!(stage.evaluate("() => log.at(-1)").await.unwrap(), json!("nested@1500"));
    // 4. Dates move along, and a far jump is still in order.
    stage.advance(Duration::from_secs(3600)).await.unwrap();
    assert_eq!(
        stage.evaluate("() => [log.at(-1), Date.now() - before]").await.unwrap(),
        json!(["late@2000", 3_601_500])
    );
}

#[rstest]
#[tokio::test]
async fn a_page_and_its_frames_agree_about_the_time_of_a_held_clock(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<iframe srcdoc='<p>before</p>'></iframe><script>
      const framed = () => new Promise((done) => {
        const frame = document.createElement('iframe');
        frame.onload = done;
        frame.srcdoc = '<p>after</p>';
        document.body.append(frame);
      });
      const differences = () => Array.from(document.querySelectorAll('iframe'), ({ contentWindow: frame }) => {
        const { timeOrigin } = frame.performance;
        const now = frame.performance.now();
        const event = new frame.Event('now').timeStamp;
        return [now >= 0, Math.abs(timeOrigin + now - performance.timeOrigin - performance.now()) < 0.5, event === now];
      });
    </script>";
    let mut stage = open(kind, body).await;
    stage.evaluate("async () => void (await framed())").await.unwrap();
    stage.hold_clock().await.unwrap();
    stage.evaluate("async () => void (await framed())").await.unwrap();
    let agreed = json!([[true, true, true], [true, true, true], [true, true, true]]);
    assert_eq!(stage.evaluate("() => differences()").await.unwrap(), agreed);
    stage.advance(Duration::from_secs(60)).await.unwrap();
    assert_eq!(stage.evaluate("() => differences()").await.unwrap(), agreed);
}

#[rstest]
#[tokio::test]
async fn a_loop_that_awaits_timers_of_no_delay_lets_the_clock_move(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<script>
      window.turns = 0;
      const loop = async () => { for (;;) { turns += 1; await new Promise((next) => setTimeout(next, 0)); } };
    </script>";
    let mut stage = open(kind, body).await;
    stage.hold_clock().await.unwrap();
    stage.evaluate("() => void loop()").await.unwrap();
    stage.advance(Duration::from_secs(1)).await.unwrap();
    // Once they are nested more than five deep, each takes 4 ms.
    let turns = stage.evaluate("() => turns").await.unwrap().as_u64().unwrap();
    assert!((250..=260).contains(&turns), "{turns} turns in a second");
}

#[rstest]
#[tokio::test]
async fn what_was_set_in_real_time_keeps_what_is_left_of_its_delay(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<script>window.fired = []; setTimeout(() => fired.push('minute'), 60000); setTimeout(() => fired.push('soon'), 0);</script>";
    let mut stage = open(kind, body).await;
    // Real time until a step takes control.
    let fired =
        "async () => { while (!fired.length) await new Promise((go) => setTimeout(go, 1)); return fired; }";
    assert_eq!(stage.evaluate(fired).await.unwrap(), json!(["soon"]));
    stage.hold_clock().await.unwrap();
    let left = "() => 60000 - performance.now()";
    assert!(stage.evaluate(left).await.unwrap().as_f64().unwrap() < 60_000.0);
    stage.advance(Duration::from_secs(30)).await.unwrap();
    assert_eq!(stage.evaluate("() => fired").await.unwrap(), json!(["soon"]));
    stage.advance(Duration::from_secs(30)).await.unwrap();
    assert_eq!(stage.evaluate("() => fired").await.unwrap(), json!(["soon", "minute"]));
    stage.observe().await.unwrap();
}

#[rstest]
#[tokio::test]
async fn events_errors_and_the_console_are_heard_from_the_first_script_on(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      document.dispatchEvent(new Event("lcw:ready"));
      window.dispatchEvent(new Event("lcw:ready"));
      document.body.dispatchEvent(new CustomEvent("lcw:error", { bubbles: true }));
      window.dispatchEvent(new Event("something-else"));
      console.error("a complaint", 42);
      Promise.reject(new Error("rejected"));
      setTimeout(() => { throw new Error("thrown"); }, 0);
    </script><script>this is no script</script>"#;
    let mut stage = open(kind, body).await;
    let complete = |seen: &Observation| seen.errors.len() == 3;
    let seen = stage.tab_mut().wait_until(complete).await.unwrap().into_observation();
    let events: Vec<_> = seen.events.iter().map(|event| (event.name.as_str(), event.target)).collect();
    assert_eq!(
        events,
        [
            ("lcw:ready", EventTarget::Document),
            ("lcw:ready", EventTarget::Window),
            ("lcw:error", EventTarget::Other)
        ]
    );
    assert!(seen.events.iter().all(|event| !event.sdk_usable));
    assert_eq!(seen.console, ["a complaint 42"]);
    stage.tab_mut().settle().await.unwrap();
    stage.evaluate("() => window.close()").await.unwrap();
    let seen = stage.tab_mut().settle().await.unwrap();
    assert_eq!(seen.errors.last().map(String::as_str), Some("the page closed its own window"));
    for text in ["rejected", "thrown", "SyntaxError"] {
        assert!(seen.errors.iter().any(|error| error.contains(text)), "{text} is not in {:?}", seen.errors);
    }
}

#[rstest]
#[tokio::test]
async fn a_notification_in_a_nested_frame_that_comes_late_is_seen_with_its_parts(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = open(kind, "<main></main>").await;
    let insert = r#"() => new Promise((done) => {
      const frame = document.createElement("iframe");
      frame.srcdoc = "<iframe></iframe>";
      frame.onload = () => {
        const inner = frame.contentDocument.querySelector("iframe");
        inner.contentDocument.body.innerHTML = `<div id="oc-lcw-proactivechat" aria-label="Pane" dir="rtl">
          <label id="oc-lcw-proactivechat-bodytitle">one <b>two</b></label>
          <button id="oc-lcw-proactivechat-startbutton">Start</button>
          <button id="oc-lcw-proactivechat-closebutton" disabled>Close</button></div>`;
        done();
      };
      document.body.append(frame);
    })"#;
    stage.evaluate(insert).await.unwrap();
    let seen =
        stage.tab_mut().wait_until(|seen| seen.notification.is_some()).await.unwrap().into_observation();
    let pane = seen.notification.unwrap();
    assert_eq!((pane.message.as_str(), pane.elements_in_message), ("one two", 1));
    assert_eq!((pane.direction.as_str(), pane.label.as_str()), ("rtl", "Pane"));
    assert!(pane.can_accept && !pane.can_dismiss, "{pane:?}");
    // It goes with its frame.
    stage.evaluate("() => document.querySelector('iframe').remove()").await.unwrap();
    let gone =
        stage.tab_mut().wait_until(|seen| seen.notification.is_none()).await.unwrap().into_observation();
    assert_eq!((gone.notification, gone.notifications_shown), (None, 1));
}

#[rstest]
#[tokio::test]
async fn a_notification_is_labelled_in_any_way_that_a_screen_reader_knows(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    for (attributes, label) in [
        ("aria-labelledby='greeting offer'", "Welcome to Live chat"),
        ("aria-labelledby='nowhere' aria-label='Pane' title='Tip'", "Pane"),
        ("title='Tip'", "Tip"),
        ("class='none'", ""),
    ] {
        let body = format!(
            "<div id=oc-lcw-proactivechat {attributes}><b id=greeting>Welcome to</b><b id=offer>Live chat</b></div>"
        );
        let mut stage = open(kind, &body).await;
        let pane = stage.observe().await.unwrap().notification.unwrap();
        assert_eq!(pane.label, label, "{attributes}");
    }
}

#[rstest]
#[tokio::test]
async fn windows_are_counted_with_and_without_an_opener(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<div id=oc-lcw-chat-button>chat</div><script>dispatchEvent(new Event('lcw:ready'))</script>";
    let mut stage = open(kind, body).await;
    stage.evaluate("() => void window.open(location.href, '_blank', 'popup')").await.unwrap();
    let one = |seen: &Observation| seen.windows.iter().filter(|window| window.view.chat_button).count() == 1;
    stage.tab_mut().wait_until(one).await.unwrap();
    stage.evaluate("() => void window.open(location.href, '_blank', 'popup,noopener')").await.unwrap();
    let two = |seen: &Observation| seen.windows.iter().filter(|window| window.view.chat_button).count() == 2;
    let seen = stage.tab_mut().wait_until(two).await.unwrap().into_observation();
    assert_eq!((seen.windows_opened, seen.windows.len()), (2, 2), "{seen:?}");
    let ready: Vec<_> = seen.events.iter().map(|event| event.target).collect();
    assert_eq!(ready, [EventTarget::Window], "what the other windows raise is of other page loads");
    assert_eq!(stage.tab_mut().other_windows().len(), 2);
    stage.tab_mut().close_other_windows().await.unwrap();
    let closed = stage.tab_mut().wait_until(|seen| seen.windows.is_empty()).await.unwrap().into_observation();
    assert_eq!((closed.windows_opened, closed.windows.len()), (2, 0));
}

/// What a window is waited for must not depend on that window: of one that is gone no function is called any more.
#[rstest]
#[tokio::test]
async fn a_window_that_goes_away_while_it_is_waited_for_is_not_waited_for(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let stage = open(kind, "<main></main>").await;
    let opened = "() => new Promise((resolve) => { window.other = open(location.href, '_blank', 'popup'); other.onload = resolve; })";
    stage.evaluate(opened).await.unwrap();
    let settles = r#"async () => {
      const settled = window[Symbol.for("lcw-harness.probe")].perform('[{"command":"settle","value":null}]');
      other.close();
      const late = new Promise((resolve) => setTimeout(resolve, 5000, "late"));
      return typeof JSON.parse(await Promise.race([settled, late.then(() => "{}")])).ok;
    }"#;
    assert_eq!(stage.evaluate(settles).await.unwrap(), json!("object"));
}

/// Each report costs a browser more than the look. Answers and reports are numbered in one row.
#[rstest]
#[tokio::test]
async fn what_one_task_changes_is_one_report_and_what_an_answer_tells_is_none(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let stage = open(kind, "<button>Chat</button>").await;
    let reports = r#"async () => {
      const perform = async (...commands) =>
        JSON.parse(await window[Symbol.for("lcw-harness.probe")].perform(JSON.stringify([...commands, { command: "settle", value: null }]))).ok;
      const button = document.querySelector("button");
      const change = () => {
        button.id = button.id ? "" : "oc-lcw-chat-button";
        button.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
      };
      const { sequence } = await perform();
      for (let times = 0; times < 51; times += 1) change();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const changed = await perform();
      setInterval(change, 100);
      const advanced = await perform({ command: "hold-clock", value: null }, { command: "advance", value: 5_000 });
      return [changed.sequence - sequence, changed.observation.view.chatButton, advanced.sequence - changed.sequence];
    }"#;
    assert_eq!(stage.evaluate(reports).await.unwrap(), json!([2, true, 1]));
}

#[rstest]
#[tokio::test]
async fn a_window_that_closes_itself_in_its_own_time_takes_nothing_along(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = open(kind, "<main></main>").await;
    let opened = "() => new Promise((resolve) => { window.other = open(location.href, '_blank', 'popup'); other.onload = resolve; })";
    stage.evaluate(opened).await.unwrap();
    stage.hold_clock().await.unwrap();
    stage
        .evaluate(
            "() => void other.eval('setTimeout(() => window.close(), 1000); setInterval(() => {}, 100)')",
        )
        .await
        .unwrap();
    stage.advance(Duration::from_secs(60)).await.unwrap();
    let seen = stage.tab_mut().wait_until(|seen| seen.windows.is_empty()).await.unwrap().into_observation();
    assert_eq!(seen.windows_opened, 1);
}

#[rstest]
#[tokio::test]
async fn a_dialog_is_dismissed_and_told_instead_of_waited_behind(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = open(kind, "<p>calm</p>").await;
    stage.evaluate("() => void setTimeout(() => alert('boo'), 0)").await.unwrap();
    let told = |seen: &Observation| seen.errors.iter().any(|error| error.contains("boo"));
    let seen = stage.tab_mut().wait_until(told).await.unwrap().into_observation();
    assert_eq!(seen.errors.len(), 1, "{:?}", seen.errors);
}

#[rstest]
#[tokio::test]
async fn a_page_that_finds_something_in_its_storage_is_no_clean_start(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = open(kind, "<script>localStorage.left = 'over'; document.cookie = 'a=b';</script>").await;
    let url = stage.site().url().clone();
    let error = stage.tab_mut().visit(&url).await.unwrap_err().to_string();
    assert!(error.starts_with("start from clean storage"), "{error}");
    assert!(error.contains("1 cookies, 1 local and 0 session storage entries"), "{error}");
}

#[rstest]
#[tokio::test]
async fn a_page_that_leaves_or_shows_two_invitations_does_not_go_unseen(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let two = "<div id=oc-lcw-proactivechat>one</div><div id=oc-lcw-proactivechat>two</div><div id=oc-lcw-chat-button></div>";
    let mut stage = open(kind, two).await;
    let seen = stage.observe().await.unwrap();
    assert_eq!(
        (seen.notifications_shown, seen.view.chat_button),
        (2, false),
        "an empty element is not shown"
    );
    stage.evaluate("() => void setTimeout(() => location.reload(), 0)").await.unwrap();
    let left =
        |seen: &Observation| seen.errors.iter().any(|error| error.starts_with("the page was left for http"));
    let seen = stage.tab_mut().wait_until(left).await.unwrap().into_observation();
    assert_eq!(seen.errors.len(), 1, "{:?}", seen.errors);
}

/// Whatever page code does to the names that the probe's own code uses.
const TAKEN: &str = r#"<button id="oc-lcw-chat-button">Chat</button><script>
  const names = ["Array", "CSS", "Error", "Map", "Math", "Number", "Object", "Proxy", "Reflect", "Set", "String",
    "WeakMap", "WeakSet", "JSON", "MessageChannel", "requestAnimationFrame", "setTimeout", "performance"];
  for (const name of names) window[name] = undefined;
</script>"#;

#[rstest]
#[tokio::test]
async fn a_page_that_takes_every_name_away_is_still_watched(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = open(kind, TAKEN).await;
    assert!(stage.observe().await.unwrap().view.chat_button);
    stage.press(lcw::probe::Place::ChatButton).await.unwrap();
    stage.hold_clock().await.unwrap();
    stage.advance(Duration::from_secs(60)).await.unwrap();
    stage.evaluate("() => document.querySelector('button').remove()").await.unwrap();
    let seen = stage.observe().await.unwrap();
    assert!(!seen.view.chat_button);
    assert_eq!(seen.errors, Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn what_a_strict_policy_blocks_is_told_of_the_page_and_of_its_frames(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<p style="color: red">text</p><iframe srcdoc="<style>p { color: red }</style>"></iframe>"#;
    let replaced = Replacements::default().file("pages/index.html", page(body));
    let settings =
        WidgetSettings { page: PageKind::StrictPolicy, ready: Ready::Harness, ..WidgetSettings::default() };
    let options = ChatPage::options().browser(kind).settings(settings).replace(replaced);
    let seen = options.open().await.unwrap().observe().await.unwrap();
    assert_eq!(seen.policy_violations, ["style-src-attr blocked inline", "style-src-elem blocked inline"]);
    assert_eq!(seen.errors, Vec::<String>::new());
}

/// A command of the browser's developer tools, as chromedriver passes it on.
#[derive(Debug)]
struct DeveloperTools(&'static str);

impl fantoccini::wd::WebDriverCompatibleCommand for DeveloperTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(json!({ "cmd": self.0, "params": {} }).to_string()))
    }
}

/// A browser that goes from page to page for a whole suite would have less and less memory left.
#[tokio::test]
async fn chromium_does_not_keep_pages_that_were_left() {
    let stage = open(BrowserKind::Chromium, "<iframe srcdoc='<p>frame</p>'></iframe>").await;
    let url = stage.client().current_url().await.unwrap();
    let pages = 10;
    for _ in 0..pages {
        stage.client().goto(url.as_str()).await.unwrap();
    }
    // The second time it collects what the first one let go of.
    for _ in 0..2 {
        stage.client().issue_cmd(DeveloperTools("HeapProfiler.collectGarbage")).await.unwrap();
    }
    let counted = stage.client().issue_cmd(DeveloperTools("Memory.getDOMCounters")).await.unwrap();
    let documents = counted["documents"].as_u64().unwrap();
    assert!(documents < pages, "{documents} documents in memory after {pages} pages");
}

/// Such as for the list below the address bar: each costs as much as a page under test.
#[tokio::test]
async fn chromium_has_no_pages_of_its_own_beside_the_one_under_test() {
    let stage = open(BrowserKind::Chromium, "<p>page</p>").await;
    let told = stage.client().issue_cmd(DeveloperTools("Target.getTargets")).await.unwrap();
    let targets = told["targetInfos"].as_array().unwrap();
    let urls: Vec<_> = targets.iter().map(|target| target["url"].as_str().unwrap()).collect();
    let page = stage.client().current_url().await.unwrap();
    assert!(urls.contains(&page.as_str()), "{urls:#?}");
    assert!(!urls.iter().any(|url| url.starts_with("chrome:")), "{urls:#?}");
}
