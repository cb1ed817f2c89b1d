//! Browsers that are handed from process to process.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::process::{Child, Command, Stdio};

use lcw::browser::Shared;
use lcw::browser::bidi::{
    AddPreloadScript, CallFunction, Event, GetTree, LocalValue, Navigate, ReadinessState, Subscribe,
};
use lcw::config::{BrowserKind, Settings};
use rstest::rstest;
use serde_json::json;

/// A process whose end ends the browsers of a run.
struct Run {
    guardian: Child,
    name: String,
}

impl Run {
    fn new(name: &str) -> Self {
        let guardian = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let name = format!("{name}-{}", guardian.id());
        Self { guardian, name }
    }

    fn shared(&self) -> Shared {
        Shared::of_run(&self.name, self.guardian.id()).unwrap()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.guardian.kill();
        let _ = self.guardian.wait();
    }
}

#[rstest]
#[tokio::test]
async fn a_parked_browser_serves_the_next_process_with_its_preload_script(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let settings = Settings::default();
    let run = Run::new("park");

    let mut lease =
        run.shared().lease(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
    assert!(lease.is_fresh());
    assert!(lease.note().is_null());
    let bidi = lease.session().bidi();
    bidi.send(&Subscribe::to(["script.message"])).await.unwrap();
    let preload = AddPreloadScript {
        function_declaration: "(send) => send(location.href)".into(),
        arguments: vec![LocalValue::channel("probe")],
        ..AddPreloadScript::default()
    };
    let script = bidi.send(&preload).await.unwrap().script;
    lease.remember(json!({ "script": script })).unwrap();
    let id = lease.session().id().to_owned();
    lease.park().await.unwrap();

    for round in 0..2 {
        let lease =
            run.shared().lease(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
        assert!(!lease.is_fresh(), "round {round}");
        assert_eq!(lease.session().id(), id);
        assert_eq!(lease.note()["script"], json!(script));
        let bidi = lease.session().bidi();
        let mut events = bidi.events();
        bidi.send(&Subscribe::to(["script.message"])).await.unwrap();
        let window = bidi.send(&GetTree::default()).await.unwrap().contexts[0].context.clone();
        let url = format!("data:text/html,{round}");
        let navigate = Navigate { context: window.clone(), url: url.clone(), wait: ReadinessState::Complete };
        bidi.send(&navigate).await.unwrap();
        let call = CallFunction::in_context(&window, "() => document.body.textContent", []);
        assert_eq!(bidi.send(&call).await.unwrap().into_json().unwrap(), json!(round.to_string()));
        assert_eq!(lease.session().client().current_url().await.unwrap().as_str(), url);
        let mut messages = Vec::new();
        while let Some(event) = events.try_next() {
            if let Event::Message(message) = &*event {
                messages.push(message.data.to_json());
            }
        }
        assert_eq!(messages, [json!(url)], "the preload script and its channel are still there, once");
        lease.park().await.unwrap();
    }
}
