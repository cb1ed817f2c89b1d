//! What comes late: a visitor waits for it, and a browser that loses patience with a page is no reason to.

use crate::scratch::{Scratch, need_browsers, run_in};

/// Nothing is claimed here that could be waited for: what follows a call before `lcw:ready` is specified nowhere.
const SUITE: &str = r#"
[[case]]
id = "button"
title = "the chat button"
settings = { ready = "harness" }
steps = [{ call = {} }, "reload", "fire-ready", "open-chat"]

[[case]]
id = "survey"
title = "the pre-chat survey"
settings = { ready = "harness", prechat = true }
steps = ["close-chat", "reload", "fire-ready", { call = {} }, "accept", "submit-survey"]

[[case]]
id = "window"
title = "the chat's window"
settings = { ready = "harness", prechat = false }
steps = [{ call = {} }, "reload", "fire-ready", { start-chat = { in-new-window = true } }, "close-window"]
"#;

/// Takes longer than a page takes to paint, on every machine.
const SLOWLY: &str = r#"
async function slowly() {
  for (let round = 0; round < 50; round++) await fetch("/shop.css", { cache: "no-store" });
}
"#;

#[test]
fn a_visitor_waits_for_what_a_slow_widget_shows_after_what_nobody_specified() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let widget = "fixtures/widget/widget.js";
    let slow = |head: &str, slow: &str| scratch.edit(widget, head, slow);
    slow("    const [settings, frame] = await", "    await slowly();\n    const [settings, frame] = await");
    slow("  #accept(invitation) {\n", "  async #accept(invitation) {\n    await slowly();\n");
    let start = "  startChat({ inNewWindow, customContext }) {\n";
    slow(start, &format!("  async {}    await slowly();\n", start.trim_start()));
    scratch.write(widget, &(scratch.read(widget) + SLOWLY));
    let run = scratch.run(run_in("all", &[])).code(0);
    assert!(run.stdout.contains("6 results"), "{}", run.stdout);
}

/// A page in which a frame is about to load at any time.
const FRAMES: &str = r#"<script>
const more = () => {
  const frame = document.createElement("iframe");
  frame.srcdoc = "<p>";
  frame.onload = () => { frame.remove(); more(); };
  document.body.append(frame);
};
addEventListener("load", more);
</script>"#;

/// Firefox takes the end of such a frame for the end of the page that it is to load next.
#[test]
fn a_page_is_loaded_once_however_its_frames_come_and_go() {
    need_browsers();
    let steps = "steps = [\"reload\", \"reload\", \"reload\", \"reload\", { call = {} }]";
    let cases = (0..6).map(|number| format!("[[case]]\nid = \"r{number}\"\ntitle = \"reloads\"\n{steps}\n"));
    let scratch = Scratch::with_suite(&cases.collect::<String>());
    let style = "<link rel=\"stylesheet\" href=\"/shop.css\">";
    scratch.edit("fixtures/pages/index.html", style, &format!("{style}{FRAMES}"));
    let run = scratch.run(run_in("firefox", &[])).code(0);
    assert!(!run.stdout.contains("replaced"), "{}", run.stdout);
}

/// What a chat in a window of another origin was begun with is nothing that the page tells of.
#[test]
fn what_only_the_conversation_end_knows_is_waited_for_no_longer_than_it_takes() {
    need_browsers();
    let chat = "{ start-chat = { in-new-window = true, custom-context = { plant = { value = \"Fern\" } } } }";
    let case = format!(
        "[[case]]\nid = \"window\"\ntitle = \"a context\"\nsettings = {{ prechat = false }}\nsteps = [{chat}]\n"
    );
    let scratch = Scratch::with_suite(&case).variable("LCW_DEADLINES_STEP", "1m");
    scratch.run(run_in("all", &["--report", "json=report.json"])).code(0);
    for case in scratch.json("report.json")["cases"].as_array().unwrap() {
        assert!(case["duration_ms"].as_f64().unwrap() < 60_000.0, "{case:#}");
    }
}
