//! What a page makes of the clock's functions, and what it may set to a time.

use std::time::Duration;

use lcw::config::BrowserKind;
use rstest::rstest;
use serde_json::json;

use crate::stage::{logged, runtime, stage};

#[rstest]
fn a_page_may_freeze_or_replace_what_tells_the_time(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<iframe srcdoc="frame"></iframe><script>
      setTimeout(() => {
        Object.freeze(Error);
        Object.freeze(Date);
        setTimeout(() => log(Date.now() - 17e11), 1000);
        scheduler.postTask(() => log("task"), { delay: 2000 });
        const framed = frames[0].Date;
        framed.now = () => 7;
        log(framed.now());
      }, 1000);
    </script>"#;
    let expected = json!(["7@1000", "2000@2000", "task@3000"]);
    assert_eq!(logged(kind, body, Duration::from_secs(5)), expected);
}

#[rstest]
fn an_animation_that_starts_now_starts_now(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      const animation = document.body.animate([{ opacity: 0 }, { opacity: 1 }], 3_600_000);
      setTimeout(() => {
        animation.startTime = document.timeline.currentTime;
        log(`${animation.startTime} ${Math.abs(animation.currentTime) < 10_000}`);
        animation.startTime = null;
        log(animation.startTime);
      }, 60_000);
    </script>"#;
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        assert_eq!(stage.advance(Duration::from_secs(120)).await, json!(["60000 true@60000", "null@60000"]));
        // One that the browser starts has begun by the page's time, too, and does not begin anew with each look.
        let other = "async () => {
          const other = document.body.animate([{ opacity: 0 }, { opacity: 1 }], 3_600_000);
          await other.ready;
          const began = other.startTime;
          await (await fetch('script.js')).text();
          return [Math.abs(began - document.timeline.currentTime) < 10_000, other.startTime === began];
        }";
        assert_eq!(stage.evaluate(other, "").await, json!([true, true]));
    });
}

#[rstest]
fn events_have_the_time_of_the_page_s_clock(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<iframe srcdoc="frame"></iframe><script>
      const event = new Event("kept");
      const first = event.timeStamp;
      setTimeout(() => {
        const now = new Event("now");
        log(`${first} ${event.timeStamp === first} ${now.timeStamp === performance.now()}`);
        const frame = frames[0];
        log(`${new frame.Event("now").timeStamp === frame.performance.now()} ${Object.keys(now)}`);
      }, 5_000);
    </script>"#;
    let expected = json!(["0 true true@5000", "true isTrusted@5000"]);
    assert_eq!(logged(kind, body, Duration::from_secs(10)), expected);
}
