//! `lcw check` and `lcw audit` are tested by running them: the real program over pages that nobody changed for it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod audit;
mod blocked;
mod folder;
mod imports;
mod input;
mod leaving;
#[path = "../run/leftovers.rs"]
#[expect(dead_code, reason = "the tests of `lcw run` use more of it")]
mod leftovers;
mod listener;
mod live;
mod lost;
mod mistakes;
mod nowhere;
mod pages;
#[path = "../processes/mod.rs"]
mod processes;
mod repeat;
#[path = "../run/scratch.rs"]
#[expect(dead_code, reason = "the tests of `lcw run` use more of it")]
mod scratch;
mod sites;
#[path = "../run/third_party.rs"]
#[expect(dead_code, reason = "the tests of `lcw run` use more of it")]
mod third_party;
mod together;
mod turns;
mod windows;

use serde_json::Value;

use scratch::Scratch;

/// The documented script element, for a host that does not exist.
const EMBED: &str = r#"<script id="Microsoft_Omnichannel_LCWidget" src="https://oc-cdn-public.azureedge.net/livechatwidget/scripts/LiveChatBootstrapper.js" data-app-id="00000000-0000-4000-8000-0000000000a1" data-org-id="00000000-0000-4000-8000-0000000000b1" data-org-url="https://oak.crm.dynamics.example" async></script>"#;

/// The checkout's own sites.
const SITES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sites");

/// A page with this script before the widget's.
fn page(script: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>page</title><script>\n{script}\n</script>{EMBED}<h1>Oaks</h1>"
    )
}

/// Page code that invites with this text so many milliseconds after `lcw:ready`.
fn invites(text: &str, after: u32) -> String {
    format!(
        "addEventListener(\"lcw:ready\", () => setTimeout(() => \
         Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({{ message: \"{text}\" }}, false), {after}));"
    )
}

/// The document that `lcw check --json` or `lcw audit --json` writes; it ends with this code.
#[track_caller]
fn document(scratch: &Scratch, arguments: &[&str], code: i32) -> Value {
    scratch::need_browsers();
    let ended = scratch.run(arguments.iter().chain(&["--json"]));
    let document: Option<Value> = serde_json::from_str(&ended.stdout).ok();
    let unexpected = document.as_ref().map(unexpected).unwrap_or_default();
    assert_eq!(ended.code, Some(code), "{unexpected}\n{}\n{}", ended.stderr, ended.stdout);
    document.unwrap()
}

/// What is not as expected in a document.
fn unexpected(document: &Value) -> String {
    let results = document["results"].as_array().into_iter().flatten();
    let unexpected = results.filter(|result| result["expected"] == false);
    unexpected.map(told).collect()
}

/// A result without its timeline, which would bury it.
fn told(result: &Value) -> String {
    let mut told = result.clone();
    told.as_object_mut().map(|told| told.remove("timeline"));
    format!("{told:#}\n")
}

/// The results of a document of `lcw check`.
fn results(document: &Value) -> &[Value] {
    document["results"].as_array().unwrap()
}

/// Those entries of a result's timeline that are of this kind.
fn entries<'a>(result: &'a Value, kind: &str) -> Vec<&'a Value> {
    let entries = result["timeline"]["entries"].as_array().unwrap();
    entries.iter().filter(|entry| entry["kind"] == kind).collect()
}
