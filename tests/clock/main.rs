//! A clock that is held from a page's first script on: what it moves, what it waits for, and what it refuses.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod documents;
mod events;
mod model;
mod program;
mod stage;
mod times;
mod waits;

use std::time::Duration;

use lcw::config::BrowserKind;
use lcw::contract::Observation;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use rstest::rstest;
use serde_json::json;

use model::Model;
use program::{Program, program};
use stage::{DATE, runtime, stage};

#[rstest]
fn random_programs_run_as_the_model_says(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let mut stage = runtime().block_on(stage(kind));
    runtime().block_on(stage.open(""));
    let config = Config { cases: 40, max_shrink_iters: 400, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let ran = runner.run(&prop::collection::vec(program(), 1..50), |programs| {
        // A page that has so many timers at once is slowed down, which the standard does not know.
        let calm: Vec<_> =
            programs.iter().filter(|program| Model::run(program, 0).most_fired < 900).collect();
        let text = serde_json::to_string(&calm).unwrap();
        let seen = runtime().block_on(stage.evaluate(include_str!("page.js"), &text));
        for (program, seen) in calm.iter().zip(seen.as_array().unwrap()) {
            let expected = Model::run(program, seen["start"].as_u64().unwrap()).log;
            prop_assert_eq!(&seen["log"], &json!(expected), "{}", to_text(program));
        }
        prop_assert_eq!(seen.as_array().unwrap().len(), calm.len());
        Ok(())
    });
    match ran {
        Ok(()) => {}
        Err(TestError::Fail(reason, programs)) => panic!("{reason}\n{programs:#?}"),
        Err(aborted) => panic!("{aborted}"),
    }
}

fn to_text(program: &Program) -> String {
    serde_json::to_string(program).unwrap()
}

#[rstest]
fn every_clock_of_a_page_starts_at_the_date_before_the_first_script(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      const day = new Intl.DateTimeFormat("en", { timeZone: "UTC" });
      const noted = (realm) => [
        realm.performance.now(), realm.Date.now(), realm.performance.timeOrigin, realm.document.timeline.currentTime,
        new realm.Date().getTime(), realm.performance.timing.navigationStart, realm.performance.mark("now").startTime,
      ];
      window.first = [...noted(window), day.format(), day.formatToParts().map(({ value }) => value).join("")];
      window.temporal = typeof Temporal === "undefined" ? Date.now() : Temporal.Now.instant().epochMilliseconds;
      window.inFrame = (frame) => (window.framed ??= noted(frame));
    </script>"#;
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        let first = json!([0, DATE, DATE, 0, DATE, DATE, 0, "11/14/2023", "11/14/2023"]);
        assert_eq!(stage.evaluate("() => first", "").await, first);
        assert_eq!(stage.evaluate("() => temporal", "").await, json!(DATE));
        stage.advance(Duration::from_millis(1_500)).await;
        // A document of its own begins when it is made.
        let framed = r#"() => new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.srcdoc = "<script>parent.inFrame(window)</" + "script>";
          frame.onload = () => done([...framed, frame.contentWindow.performance.now(), performance.now(), Date.now()]);
          document.body.append(frame);
        })"#;
        let date = DATE + 1_500;
        let expected = json!([0, date, date, 0, date, date, 0, 0, 1_500, date]);
        assert_eq!(stage.evaluate(framed, "").await, expected);
    });
}

#[rstest]
fn a_page_that_goes_on_to_another_does_not_go_back_in_time(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open("<script>log('start')</script>").await;
        stage.advance(Duration::from_secs(5)).await;
        stage.seat.tab_mut().reload().await.unwrap();
        let seen = stage.evaluate("() => [...entries, performance.now(), sessionStorage.length]", "").await;
        assert_eq!(seen, json!(["start@5000", 0, 0]));
        // What is opened anew starts anew.
        stage.open("<script>log('start')</script>").await;
        assert_eq!(stage.evaluate("() => entries", "").await, json!(["start@0"]));
    });
}

#[rstest]
fn a_page_does_nothing_more_once_it_goes_to_another(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      setTimeout(() => (location.href = "other.html"), 5000);
      setTimeout(() => (localStorage.went = "on"), 5500);
      // It stays where it is.
      setTimeout(() => { history.pushState({}, "", "?pushed"); location.hash = "there"; }, 1000);
    </script>"#;
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        stage.evaluate("() => void advance(60000)", "").await;
        let left = |seen: &Observation| seen.errors.iter().any(|error| error.ends_with("/other.html"));
        stage.seat.tab_mut().wait_until(left).await.unwrap();
        let arrived = r#"() => new Promise((done) => {
          const tell = () => done([document.title, Date.now() - 17e11, localStorage.went ?? "no further"]);
          document.readyState === "complete" ? tell() : addEventListener("load", tell);
        })"#;
        assert_eq!(stage.evaluate(arrived, "").await, json!(["other", 5_000, "no further"]));
    });
}

#[rstest]
fn cookies_end_when_the_page_s_time_has_come(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script type="module">
      const after = (seconds) => new Date(Date.now() + seconds * 1000);
      document.cookie = "age=1; max-age=10; expires=" + after(5).toUTCString();
      document.cookie = "dated=1; path=/; SameSite=Lax; expires=" + after(20).toUTCString();
      document.cookie = "wide=1; max-age=10; domain=" + location.hostname.split(".").slice(1).join(".");
      document.cookie = "again=1; max-age=10";
      document.cookie = "again=2";
      document.cookie = "removed=1; max-age=10";
      document.cookie = "removed=; max-age=0";
      await cookieStore.set({ name: "stored", value: "1", expires: after(30).getTime() });
      const names = () => document.cookie.split("; ").map((cookie) => cookie.split("=")[0]).sort().join(" ");
      for (const at of [0, 9_999, 10_000, 19_999, 20_000, 29_999, 30_000]) setTimeout(() => log(names()), at);
    </script>"#;
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        let expected = [
            "again age dated stored wide@0",
            "again age dated stored wide@9999",
            "again dated stored@10000",
            "again dated stored@19999",
            "again stored@20000",
            "again stored@29999",
            "again@30000",
        ];
        assert_eq!(stage.advance(Duration::from_secs(30)).await, json!(expected));
    });
}

/// However often frames and intervals come, they are no reason to slow a timeout.
#[rstest]
fn a_busy_page_has_its_timeouts_on_time(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<script>
      for (let loops = 0; loops < 6; loops++) {
        const loop = () => void requestAnimationFrame(loop);
        loop();
      }
      setInterval(() => {}, 5);
      setTimeout(() => setTimeout(() => log('on time'), 1), 20_000);
    </script>";
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        assert_eq!(stage.advance(Duration::from_secs(21)).await, json!(["on time@20001"]));
    });
}

#[rstest]
fn ten_minutes_of_animation_frames_are_soon_over(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<script>
      window.frames_ = 0;
      const loop = () => { frames_ += 1; requestAnimationFrame(loop); };
      requestAnimationFrame(loop);
    </script>";
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        // The stage's deadline is five seconds, however busy the machine is.
        assert_eq!(stage.advance(Duration::from_secs(600)).await, json!([]));
        let seen = stage.evaluate("() => [frames_, performance.now(), probe.clock.takeFired()]", "").await;
        assert_eq!((&seen[0], &seen[1]), (&json!(36_000), &json!(600_000)));
        // A loop is one entry, and says where it is.
        let fired = &seen[2][0];
        assert_eq!(seen[2].as_array().unwrap().len(), 1);
        assert_eq!(
            (&fired["kind"], &fired["at"], &fired["last"], &fired["times"]),
            (&json!("frame"), &json!(16.667), &json!(600_000), &json!(36_000))
        );
        let place = fired["setAt"].as_str().unwrap();
        assert!(place.contains("localhost") && place.contains(":13:"), "{place}");
    });
}

#[rstest]
fn what_a_page_asks_for_arrives_when_it_was_asked_for(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      const insert = (name, properties) => {
        const element = Object.assign(document.createElement(name), properties);
        element.onload = element.onerror = () => log(`${name} done`);
        document.body.append(element);
      };
      setTimeout(async () => { await (await fetch("script.js")).text(); log("text"); setTimeout(log, 50, "later"); }, 100);
      setTimeout(() => { const xhr = new XMLHttpRequest(); xhr.onload = () => log("xhr"); xhr.open("GET", "script.js"); xhr.send(); }, 200);
      setTimeout(insert, 300, "script", { src: "script.js" });
      setTimeout(insert, 400, "script", { src: "there-is-none.js" });
      setTimeout(insert, 500, "iframe", { src: "other.html" });
      setTimeout(insert, 600, "link", { rel: "stylesheet", href: "there-is-none.css" });
      setTimeout(() => open("other.html", "_blank", "popup"), 700);
      setTimeout(async () => { await crypto.subtle.digest("SHA-256", new Uint8Array(1e6)); log("digest"); }, 800);
      // It never runs, so nobody waits for it.
      setTimeout(() => { document.body.insertAdjacentHTML("beforeend", "<script src='script.js'></" + "script>"); log("inert"); }, 900);
      setTimeout(() => { const { port1, port2 } = new MessageChannel(); port2.onmessage = () => log("message"); port1.postMessage(0); }, 1000);
      setTimeout(log, 1000, "after the message");
      AbortSignal.timeout(1100).onabort = ({ target }) => log(target.reason.name);
      scheduler.postTask(() => log("task"), { delay: 1200 });
      scheduler.postTask(() => log("never"), { delay: 1250, signal: AbortSignal.timeout(1220) }).catch(({ name }) => log(name));
      setTimeout(() => navigator.geolocation.getCurrentPosition(({ coords }) => log(coords.latitude)), 1300);
      setTimeout(() => {
        const opening = indexedDB.open("visits", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("visits").put(3, "count");
        opening.onsuccess = () => {
          const reading = opening.result.transaction("visits").objectStore("visits").get("count");
          reading.onsuccess = () => log(`visit ${reading.result}`);
        };
      }, 1400);
    </script>"#;
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        stage.place(48.0).await;
        let expected = json!([
            "text@100",
            "later@150",
            "xhr@200",
            "script@300",
            "script done@300",
            "script done@400",
            "other@500",
            "iframe done@500",
            "link done@600",
            "other@700",
            "digest@800",
            "inert@900",
            "message@1000",
            "after the message@1000",
            "TimeoutError@1100",
            "task@1200",
            "TimeoutError@1220",
            "48@1300",
            "visit 3@1400"
        ]);
        assert_eq!(stage.advance(Duration::from_secs(2)).await, expected);
        assert_eq!(stage.evaluate("() => probe.clock.takeUnfinished()", "").await, json!([]));
    });
}

#[rstest]
fn windows_move_in_one_order_with_the_page_that_opened_them(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      setTimeout(() => (window.popup = open("other.html", "_blank", "popup")), 100);
      setTimeout(() => {
        popup.setTimeout(() => popup.eval("log('popup')"), 100);
        setTimeout(log, 100, "page");
        popup.setTimeout(() => popup.close(), 150);
        popup.setTimeout(() => log("never"), 500);
      }, 200);
    </script>"#;
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        let expected = json!(["other@100", "popup@300", "page@300"]);
        assert_eq!(stage.advance(Duration::from_secs(1)).await, expected);
    });
}

#[rstest]
fn an_answer_that_never_comes_is_named_and_time_goes_on(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    runtime().block_on(async {
        // It takes the connection and says nothing.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/position", silent.local_addr().unwrap());
        let mut stage = stage(kind).await;
        stage
            .open(&format!(
                "<script>setTimeout(() => void fetch('{address}'), 100); setTimeout(log, 200, 'on')</script>"
            ))
            .await;
        assert_eq!(stage.advance(Duration::from_secs(1)).await, json!(["on@200"]));
        let unfinished = stage.evaluate("() => probe.clock.takeUnfinished()", "").await;
        assert_eq!(unfinished, json!([{ "at": 100, "what": format!("fetch {address}") }]));
    });
}

#[rstest]
fn a_page_that_never_settles_is_named(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = "<script>
      const { port1, port2 } = new MessageChannel();
      let turns = 0;
      const again = () => setTimeout(() => turns++ < 40000 ? Promise.resolve().then(again) : port2.postMessage(0), 0);
      setInterval(() => {}, 10);
      again();
    </script>";
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        let refused = stage.advance(Duration::from_secs(3600)).await;
        let text = refused.as_str().unwrap();
        assert!(text.starts_with("the page does not settle: 500"), "{text}");
        assert!(text.contains("most often a timeout of 0 ms that was set at http://"), "{text}");
        assert!(text.contains(":13:") && text.contains(" times; "), "{text}");
    });
}

#[rstest]
fn a_page_that_waits_by_looking_at_the_clock_gets_on(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open("").await;
        let wait =
            "() => { const end = Date.now() + 20; while (Date.now() < end); return performance.now(); }";
        // It looked once more than it had to.
        assert_eq!(stage.evaluate(wait, "").await, json!(20.01));
        // Others do not move it.
        let look = "() => { for (let i = 0; i < 50000; i += 1) Date.now(); return performance.now(); }";
        assert_eq!(stage.evaluate(look, "").await, json!(20.01));
    });
}
