//! The same scenario tells the same each time.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::scratch::{Scratch, need_browsers};
use crate::{document, invites, page, results};

/// Timers that set timers, a frame, something from elsewhere, modules that come in any order, and a script that comes in
/// late.
const BUSY: &str = "\
let ticks = 0;
for (const name of ['oak', 'elm', 'ash', 'yew', 'fir']) import(`./${name}.js`);
setInterval(() => { if (++ticks % 60 === 0) document.title = `${ticks} s`; }, 1_000);
requestAnimationFrame(() => console.error('painted'));
setTimeout(async () => {
  const answer = await (await fetch('https://places.example/country')).json();
  setTimeout(() => console.error(`in ${answer.country}`), 500);
}, 10_000);
setTimeout(() => {
  const script = document.createElement('script');
  script.src = 'late.js';
  document.head.append(script);
}, 30_000);
setTimeout(() => { throw new Error('at last'); }, 90_000);";

const STEPS: &str = r##"steps = [
  { visit = "index.html" },
  { advance = "59s" },
  { scroll = "bottom" },
  { advance = "40s" },
  { expect = { invitation = { text = "Hello", at = "45s" } } },
  "dismiss",
  "revisit",
  { advance = "1m" },
  "accept",
  { expect = { chat = true } },
]
[[scenario.replies]]
url = "https://places.example/*"
json = { country = "AT" }
"##;

#[test]
fn ten_repetitions_tell_the_same() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(&format!("{BUSY}\n{}", invites("Hello", 45_000))));
    scratch.write("late.js", "setTimeout(() => console.error('late'), 250);");
    for name in ["oak", "elm", "ash", "yew", "fir"] {
        scratch.write(&format!("{name}.js"), "import './bark.js';");
    }
    scratch.write("bark.js", "console.error('rough');");
    let mut file = String::new();
    for number in 0..10 {
        let _ = writeln!(file, "[[scenario]]\nid = \"again/n{number}\"\npromise = \"the same\"\n{STEPS}");
    }
    scratch.write("scenarios.toml", &file);
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    let mut first: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for result in results(&document) {
        let lines = timeline(result);
        assert!(lines.len() > 30, "{lines:#?}");
        let (browser, id) = (result["browser"].to_string(), result["id"].to_string());
        let (first_id, expected) =
            first.entry(browser.clone()).or_insert_with(|| (id.clone(), lines.clone()));
        let differs = expected.iter().zip(&lines).find(|(left, right)| left != right);
        assert_eq!(&lines, expected, "{id} and {first_id} in {browser}, first at {differs:#?}");
    }
    assert_eq!(first.len(), 2);
}

/// Everything that happened but for real time, one line each.
fn timeline(result: &Value) -> Vec<String> {
    let entries = result["timeline"]["entries"].as_array().unwrap().iter();
    let without_real_time = entries.map(|entry| {
        let mut entry = entry.clone();
        entry.as_object_mut().unwrap().remove("real_ms").unwrap();
        entry.to_string()
    });
    without_real_time.collect()
}

/// A browser looks after what is to run before pages in every document, whoever's it is.
#[test]
fn nothing_of_a_visitor_who_has_left_runs_before_the_pages_of_the_next() {
    need_browsers();
    let scratch = Scratch::new().variable("LCW_LOG", "lcw::bidi=trace");
    scratch.write("index.html", &page(&invites("Hello", 0)));
    let visitor = "promise = \"an invitation\"\n\
                   visitor = { script = \"document.title = 'known'\", referrer = \"https://search.example/\" }";
    let steps = "steps = [{ visit = \"index.html\" }, \"revisit\", { expect = { invitation = true } }]";
    let scenario = |id: &str| format!("[[scenario]]\nid = \"{id}\"\n{steps}\n{visitor}\n");
    scratch.write("scenarios.toml", &format!("{}{}", scenario("visit/first"), scenario("visit/second")));
    let told = scratch.run(["check", "scenarios.toml"]).code(0).stderr;
    let sent = |method: &str| told.matches(&format!("\"method\":\"script.{method}\"")).count();
    assert_eq!(sent("addPreloadScript"), sent("removePreloadScript"));
    // Two pages for each of two visitors in two browsers, with the probe before each.
    assert!(sent("addPreloadScript") >= 8, "{told}");
}
