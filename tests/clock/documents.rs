//! Documents that a page writes anew, and leaves.

use std::time::Duration;

use lcw::config::BrowserKind;
use lcw::contract::Observation;
use rstest::rstest;
use serde_json::json;

use crate::stage::{runtime, stage};

/// Each is the code that writes a document in which something fails.
#[rstest]
fn a_document_that_is_written_anew_is_watched(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
    #[values(
        "document.open(); document.write(html); document.close()",
        "document.write(html); document.close()",
        "document.writeln(html); document.close()"
    )]
    writes: &str,
) {
    let body = format!(
        r#"<script>
          const html = "<p>new</p><script>throw new Error('written')</scr" + "ipt>";
          setTimeout(() => {{ {writes}; }}, 1000);
          window.later = () => setTimeout(() => {{ throw new Error('later'); }}, 1000);
        </script>"#
    );
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(&body).await;
        stage.advance(Duration::from_secs(1)).await;
        stage.evaluate("() => void later()", "").await;
        stage.advance(Duration::from_secs(4)).await;
        let failed = |seen: &Observation| seen.errors.len() >= 2;
        let seen = stage.seat.tab_mut().wait_until(failed).await.unwrap().into_observation();
        let count = |text: &str| seen.errors.iter().filter(|error| error.contains(text)).count();
        assert_eq!((count("written"), count("later")), (1, 1), "{:?}", seen.errors);
        // It leaves its time to its successor.
        stage.seat.tab_mut().reload().await.unwrap();
        assert_eq!(stage.evaluate("() => Date.now() - 17e11", "").await, json!(5_000));
    });
}

/// What a page does at the very end counts, too.
#[rstest]
fn a_page_that_forgets_everything_while_it_is_left_does_not_go_back_in_time(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
    #[values("pagehide", "visibilitychange", "unload")] event: &str,
) {
    let body = format!("<script>addEventListener('{event}', () => sessionStorage.clear());</script>");
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(&body).await;
        stage.advance(Duration::from_secs(5)).await;
        stage.seat.tab_mut().reload().await.unwrap();
        let seen = stage.evaluate("() => [Date.now() - 17e11, sessionStorage.length]", "").await;
        assert_eq!(seen, json!([5_000, 0]));
    });
}
