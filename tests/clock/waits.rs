//! What a page waits for itself, in its own ways, and what nobody should wait for.

use std::time::Duration;

use lcw::config::BrowserKind;
use rstest::rstest;
use serde_json::json;

use crate::stage::{logged, logged_and_unfinished};

#[rstest]
fn a_port_of_which_a_page_replaces_the_method_is_the_only_one(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      const own = new MessageChannel(), other = new MessageChannel();
      own.port1.postMessage = (what) => log(`own ${what}`);
      other.port2.onmessage = ({ data }) => log(`other ${data}`);
      setTimeout(() => { own.port1.postMessage("a"); other.port1.postMessage("b"); }, 1000);
      const post = window.postMessage;
      onmessage = ({ data }) => log(`window ${data}`);
      setTimeout(() => { window.postMessage = (what) => post.call(window, `again ${what}`); postMessage("c"); }, 2000);
      setTimeout(() => {
        MessagePort.prototype.postMessage = (what) => log(`every ${what}`);
        other.port1.postMessage("d");
      }, 3000);
    </script>"#;
    let expected = json!(["own a@1000", "other b@1000", "window again c@2000", "every d@3000"]);
    assert_eq!(logged(kind, body, Duration::from_secs(5)), expected);
}

#[rstest]
fn a_page_that_looks_at_the_clock_between_promises_gets_on(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      setTimeout(async () => {
        const end = Date.now() + 20;
        while (Date.now() < end) await null;
        log("over");
      }, 100);
    </script>"#;
    assert_eq!(logged(kind, body, Duration::from_secs(1)), json!(["over@120"]));
}

#[rstest]
fn timers_of_a_page_that_talks_to_itself_without_end_fire(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => port1.postMessage(0);
      port2.onmessage = () => port2.postMessage(0);
      port1.postMessage(0);
      for (let at = 100; at <= 500; at += 100) setTimeout(log, at, "timer");
    </script>"#;
    let expected = json!(["timer@100", "timer@200", "timer@300", "timer@400", "timer@500"]);
    assert_eq!(logged(kind, body, Duration::from_secs(1)), expected);
}

#[rstest]
fn a_page_that_yields_until_the_clock_has_moved_gets_on(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      setTimeout(async () => {
        const end = performance.now() + 50;
        while (performance.now() < end) await scheduler.yield();
        log("over");
      }, 100);
      setTimeout(log, 200, "timer");
    </script>"#;
    let seen = logged(kind, body, Duration::from_secs(1));
    // By its looks or by the timer, whichever a browser lets have its turn.
    assert!([json!(["over@150", "timer@200"]), json!(["timer@200", "over@200"])].contains(&seen), "{seen}");
}

#[rstest]
fn scripts_that_never_run_are_not_waited_for(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<template><script src="script.js"></script></template><script>
      const html = `<p><script src="script.js"></scr` + "ipt></p>";
      setTimeout(() => {
        const template = document.createElement("template");
        template.innerHTML = html;
        document.body.append(template.content.cloneNode(true), document.importNode(template.content, true));
        document.body.append(template.content);
      }, 1000);
      setTimeout(() => document.body.append(...new DOMParser().parseFromString(html, "text/html").body.children), 2000);
      setTimeout(() => { document.body.append(document.createElement("p")); document.body.lastChild.outerHTML = html; }, 3000);
      // This one runs: the page's own parser has read it.
      setTimeout(() => document.body.append(document.querySelector("template").content.cloneNode(true)), 4000);
      setTimeout(log, 5000, "end");
    </script>"#;
    let (seen, unfinished) = logged_and_unfinished(kind, body, Duration::from_secs(10));
    assert_eq!((seen, unfinished), (json!(["script@4000", "end@5000"]), json!([])));
}

#[rstest]
fn a_service_worker_that_a_page_registers_is_waited_for(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      const { serviceWorker } = navigator;
      setTimeout(() => serviceWorker.getRegistrations().then(({ length }) => log(length)), 1000);
      setTimeout(() => serviceWorker.register("none.js").catch(({ name }) => log(name)), 2000);
      setTimeout(log, 2001, "end");
    </script>"#;
    let seen = logged(kind, body, Duration::from_secs(5));
    // One browser says of a script that is not there that it is the wrong type, the other that it is not safe.
    let expected = |name| json!(["0@1000", format!("{name}@2000"), "end@2001"]);
    assert!([expected("TypeError"), expected("SecurityError")].contains(&seen), "{seen}");
}

#[rstest]
fn what_a_page_begins_to_observe_is_told_of_at_once(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<iframe hidden></iframe><script>
      const once = (Observer, element) => {
        new Observer((_, observer) => {
          observer.disconnect();
          log(Observer.name);
          setTimeout(log, 500, "later");
        }).observe(element);
      };
      setTimeout(() => once(IntersectionObserver, document.body), 1000);
      setTimeout(() => once(ResizeObserver, document.body), 2000);
      // Where nothing is displayed nothing may be painted, and a page that goes on and on is not waited for without end.
      const frame = document.querySelector("iframe").contentWindow;
      setTimeout(() => new frame.ResizeObserver(() => {}).observe(frame.document.body), 3000);
      setTimeout(() => new ResizeObserver(([{ target }], observer) => {
        observer.unobserve(target);
        observer.observe(target);
      }).observe(document.body), 4000);
      setTimeout(log, 5000, "end");
    </script>"#;
    let (seen, unfinished) = logged_and_unfinished(kind, body, Duration::from_secs(10));
    let expected =
        ["IntersectionObserver@1000", "later@1500", "ResizeObserver@2000", "later@2500", "end@5000"];
    assert_eq!((seen, unfinished), (json!(expected), json!([])));
}

#[rstest]
fn what_waits_for_the_clock_itself_or_is_over_is_not_waited_for(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      setTimeout(() => {
        navigation.onnavigate = (event) => event.intercept({
          handler: () => new Promise((done) => setTimeout(() => (log(location.search), done()), 500)),
        });
        navigation.navigate("?intercepted");
      }, 1000);
      setTimeout(() => scheduler.postTask(() => log("never"), { signal: AbortSignal.abort() }).catch(({ name }) => log(name)), 2000);
    </script>"#;
    let (seen, unfinished) = logged_and_unfinished(kind, body, Duration::from_secs(5));
    assert_eq!((seen, unfinished), (json!(["?intercepted@1500", "AbortError@2000"]), json!([])));
}
