//! Events that a page queues for itself: they come before its clock moves on.

use std::time::Duration;

use lcw::config::BrowserKind;
use rstest::rstest;
use serde_json::json;

use crate::stage::{logged, logged_and_unfinished};

#[rstest]
fn a_change_of_the_hash_is_told_before_the_next_timer(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<script>
      let seconds = 0;
      setInterval(() => { if (++seconds === 10) location.hash = "offer"; }, 1000);
      addEventListener("hashchange", () => { log("hash"); setTimeout(log, 5000, "invite"); });
    </script>"#;
    let expected = json!(["hash@10000", "invite@15000"]);
    assert_eq!(logged(kind, body, Duration::from_secs(30)), expected);
}

#[rstest]
fn going_back_on_a_page_is_told_before_the_next_timer(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r##"<script>
      setInterval(() => {}, 100);
      addEventListener("popstate", () => log(`pop ${location.search}${location.hash}`));
      addEventListener("hashchange", () => log(`hash ${location.hash}`));
      setTimeout(() => { history.pushState({}, "", "?a"); history.pushState({}, "", "?b"); history.back(); }, 1000);
      setTimeout(() => history.go(1), 2000);
      setTimeout(() => (location.hash = "c"), 3000);
      setTimeout(() => history.back(), 4000);
      // There is nothing to go to, or nothing that changes.
      setTimeout(() => history.go(7), 5000);
      setTimeout(() => (location.hash = location.hash), 5100);
      // Nobody hears of a hash that a page takes into its own hands, or forbids.
      setTimeout(() => { navigation.onnavigate = (event) => event.intercept(); location.hash = "d"; }, 6000);
      setTimeout(() => { navigation.onnavigate = (event) => event.preventDefault(); location.hash = "e"; }, 7000);
      setTimeout(log, 8000, "end");
    </script>"##;
    let (seen, unfinished) = logged_and_unfinished(kind, body, Duration::from_secs(10));
    // A browser may tell of a hash so, too.
    const BESIDE: [&str; 2] = ["pop ?b#c@3000", "pop ?b#d@6000"];
    let seen: Vec<_> = seen
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| !BESIDE.iter().any(|beside| entry == beside))
        .cloned()
        .collect();
    let expected = ["pop ?a@1000", "pop ?b@2000", "hash #c@3000", "pop ?b@4000", "hash @4000", "end@8000"];
    assert_eq!((json!(seen), unfinished), (json!(expected), json!([])));
}

#[rstest]
fn what_a_page_reads_or_draws_is_there_before_the_next_timer(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let body = r#"<canvas width="2000" height="2000"></canvas><script>
      setInterval(() => {}, 10);
      setTimeout(() => {
        const reader = new FileReader();
        reader.onload = () => log(`read ${reader.result.length}`);
        reader.readAsText(new Blob(["a".repeat(1e6)]));
      }, 1000);
      setTimeout(() => document.querySelector("canvas").toBlob(({ type }) => log(type)), 2000);
      setTimeout(async () => { await createImageBitmap(document.querySelector("canvas")); log("bitmap"); }, 3000);
    </script>"#;
    let (seen, unfinished) = logged_and_unfinished(kind, body, Duration::from_secs(5));
    let expected = json!(["read 1000000@1000", "image/png@2000", "bitmap@3000"]);
    assert_eq!((seen, unfinished), (expected, json!([])));
}
