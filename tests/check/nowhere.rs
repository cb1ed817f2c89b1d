//! Pages that a visitor does not get to see, and steps that do not come to their end: the page or the scenario is told of.

use serde_json::Value;

use crate::listener::Listener;
use crate::scratch::Scratch;
use crate::{document, entries, page, results};

/// What is said of the failed step of a result, whose number this is.
#[track_caller]
fn reason(result: &Value, step: usize) -> &str {
    assert_eq!(result["outcome"], "failed", "{result:#}");
    assert_eq!(result["failure"]["number"], step, "{result:#}");
    result["failure"]["reason"].as_str().unwrap()
}

/// The same of each result.
#[track_caller]
fn reasons(document: &Value, step: usize) -> Vec<&str> {
    results(document).iter().map(|result| reason(result, step)).collect()
}

/// Its timers set timers, and some of them ever more.
const RESTLESS: &str = "\
const loop = () => setTimeout(loop, 0);
setTimeout(loop, 1_000);
const eager = () => Promise.resolve().then(() => { for (let i = 0; i < 2_000; i++) setTimeout(eager, 0); });
eager();";

/// The clock is the scenario's: nobody moves it while a script waits, a page without rest holds it up, and it goes on
/// without what does not come. Each is told before a command has taken too long, however little that is.
#[test]
fn a_script_that_waits_for_a_timer_and_a_page_without_rest_are_told_of() {
    let scratch = Scratch::new().variable("LCW_DEADLINES_COMMAND", "4s");
    let silent = Listener::silent();
    let late = format!("http://late.localhost:{}/late.js", silent.address.port());
    scratch.write("index.html", &page(""));
    scratch.write("restless.html", &page(RESTLESS));
    scratch.write("imports.html", &page(&format!("setTimeout(() => import('{late}'), 1_000);")));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"waits\"\npromise = \"There are oaks.\"\nsteps = [{ visit = \"index.html\" },\n\
         { script = \"await new Promise(r => setTimeout(r, 500))\" }, { expect = { invitation = false } }]\n\
         [[scenario]]\nid = \"restless\"\npromise = \"There is an invitation.\"\nknown-failure = \"does not settle\"\n\
         steps = [{ visit = \"restless.html\" }, { advance = \"5s\" }, { expect = { invitation = true } }]\n\
         [[scenario]]\nid = \"imports\"\npromise = \"It goes on.\"\nsteps = [{ visit = \"imports.html\" }, { advance = \"5s\" }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml", "--allow", "late.localhost"], 1);
    assert_eq!(results(&document).len(), 6);
    for result in results(&document) {
        let entries = |kind| entries(result, kind).len();
        let told = match result["id"].as_str().unwrap() {
            "waits" => reason(result, 2).contains("`advance`"),
            "restless" => reason(result, 1).contains("does not settle") && entries("stuck") == 1,
            _ => result["outcome"] == "passed" && entries("unfinished") == 1,
        };
        assert!(told && result["expected"] == (result["id"] != "waits"), "{}", crate::told(result));
    }
}

/// Whatever a browser shows then, it is no page of the site: a reply lets it fail, or its server has gone.
#[test]
fn a_page_that_fails_or_that_nobody_answers_for_is_none() {
    let scratch = Scratch::new();
    let gone = format!("http://gone.localhost:{}/", free_port());
    let link = |to: &str| format!("<!doctype html><title>link</title><a href=\"{to}\">Pay</a>");
    scratch.write("index.html", &link("checkout.html"));
    scratch.write("gone.html", &link(&gone));
    let scenario = |id: &str, steps: &str| {
        format!(
            "[[scenario]]\nid = \"{id}\"\npromise = \"Nobody is invited who pays.\"\nreplies = [{{ url = \"*/checkout.html\", fail = true }}]\n\
             steps = [{steps}, {{ expect = {{ invitation = false }} }}]\n"
        )
    };
    let scenarios = [
        scenario("led", "{ visit = \"index.html\" }, { click = \"a\" }"),
        scenario("opened", "{ visit = \"index.html\" }, { visit = \"checkout.html\" }"),
        scenario("gone", "{ visit = \"gone.html\" }, { click = \"a\" }"),
    ];
    scratch.write("scenarios.toml", &scenarios.concat());
    let document = document(&scratch, &["check", "scenarios.toml", "--allow", "gone.localhost"], 1);
    let reasons = reasons(&document, 2);
    assert_eq!(reasons.len(), 6);
    for (result, reason) in results(&document).iter().zip(reasons) {
        let words = if result["id"] == "gone" { [&*gone, ""] } else { ["checkout.html", "a reply"] };
        assert!(words.iter().all(|word| reason.contains(word)), "{}: {reason}", result["id"]);
    }
}

/// A port at which nobody listens any more.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// As sites do that have one name and answer to others, too.
#[test]
fn a_site_that_leads_to_another_origin_is_told_where() {
    // Whoever waits for an answer that does not come waits longer than for a scenario.
    let scratch = Scratch::new().variable("LCW_DEADLINES_COMMAND", "2m");
    let www = Listener::with_page(page(""));
    let there = format!("http://www.localhost:{}/", www.address.port());
    let site = Listener::that_leads_to(&there);
    let base = format!("http://localhost:{}/", site.address.port());
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"It is there.\"\nsteps = [{ visit = \"\" }, { expect = { invitation = false } }]",
    );
    let document_of = |flags: &[&str], code| {
        let arguments = [&["check", "scenarios.toml", "--base-url", &base], flags].concat();
        document(&scratch, &arguments, code)
    };
    let document = document_of(&[], 1);
    for reason in reasons(&document, 1) {
        let words = [&*there, "which is blocked", "--allow www.localhost", ".allow(\"www.localhost\")"];
        assert!(words.iter().all(|word| reason.contains(word)), "{reason}");
    }
    for result in results(&document) {
        let blocked = entries(result, "request").into_iter().find(|request| request["fate"] == "blocked");
        assert_eq!(blocked.map(|request| &request["url"]), Some(&(&*there).into()), "{result:#}");
    }
    assert_eq!(results(&document_of(&["--allow", "www.localhost"], 0)).len(), 2);
}

/// Whoever looks for what took so long needs to know how far it came.
#[test]
fn a_scenario_that_is_not_through_in_time_tells_what_happened_until_then() {
    let scratch =
        Scratch::new().variable("LCW_DEADLINES_CASE", "5s").variable("LCW_DEADLINES_COMMAND", "30s");
    scratch.write("index.html", &page(""));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"There are oaks.\"\nsteps = [{ visit = \"index.html\" },\n\
         { script = \"await new Promise(() => {})\" }, { expect = { invitation = false } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml", "--browser", "chromium"], 1);
    let [result] = results(&document) else { panic!("{document:#}") };
    assert_eq!(result["outcome"], "infra");
    let reason = result["reason"].as_str().unwrap();
    assert!(reason.contains("step 2, run await new Promise"), "{reason}");
    assert_eq!(entries(result, "opened").len(), 1, "{result:#}");
}
