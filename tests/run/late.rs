//! What comes late: a visitor waits for it, and a browser that loses patience with a page is no reason to.

use std::time::Duration;

use serde_json::Value;

use crate::scratch::{Scratch, need_browsers, run_in};
use crate::third_party::ThirdParty;

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
    scratch.run(run_in("all", &["--report", "json=report.json"])).code(0);
    let report = scratch.json("report.json");
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        assert!(!cannot(case), "{case:#}");
    }
}

/// Whether it was recorded that a visitor could not do a step.
fn cannot(case: &Value) -> bool {
    let recorded = case["recorded"].as_array().unwrap();
    recorded.iter().any(|entry| entry["expected"].as_str().unwrap().starts_with("a visitor can"))
}

/// A widget that is called before `lcw:ready` and hears no call any more.
#[test]
fn what_a_visitor_cannot_do_after_what_nobody_specified_is_recorded() {
    need_browsers();
    let suite = r#"
[[case]]
id = "early"
title = "a call before lcw:ready, and another one"
settings = { ready = "harness" }
steps = [{ call = {} }, "fire-ready", { call = {} }, "dismiss", { call = {} }]
"#;
    let scratch = Scratch::with_suite(suite).variable("LCW_DEADLINES_STEP", "1s");
    let early = "  const running = document.currentScript;\n";
    let gives_up = "startProactiveChat: () => { window.givenUp = true; }";
    scratch.edit(
        "fixtures/widget/LiveChatBootstrapper.js",
        early,
        &format!("  window.Microsoft = {{ Omnichannel: {{ LiveChatWidget: {{ SDK: {{ {gives_up} }} }} }} }};\n{early}"),
    );
    let hears = "  invite(invitation) {\n";
    let hears_no_more = format!("{hears}    if (\"givenUp\" in window) return;\n");
    scratch.edit("fixtures/widget/widget.js", hears, &hears_no_more);
    scratch.run(run_in("all", &["--report", "json=report.json"])).code(0);
    let report = scratch.json("report.json");
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        assert!(cannot(case), "{case:#}");
        let last = case["recorded"].as_array().unwrap().last().unwrap();
        assert_eq!(last["requirement"], "call.before-ready");
        assert_eq!(last["step"], "4: dismiss");
    }
}

/// What a visitor does while the clock is held, and the minute around it.
const HELD: &str = r#"
[[case]]
id = "minute"
title = "two invitations, each with a minute of its own"
steps = [
  "hold-clock",
  { call = { message = "The first call" } },
  { advance = "30s" },
  "dismiss",
  { call = { message = "The second call" } },
  { advance = "59.999s" },
  { advance = "1ms" },
]

[[case]]
id = "accepted"
title = "an invitation that is accepted at the last moment"
steps = ["hold-clock", { call = {} }, { advance = "59.999s" }, "accept", { advance = "1m" }]
"#;

/// A widget that shows its panes a fifth of a second later than it could, which no page forbids.
fn with_late_panes() -> Scratch {
    let scratch = Scratch::with_suite(HELD).variable("LCW_DEADLINES_STEP", "3s");
    let now = "    this.#root.replaceChildren(pane.root);\n";
    let late = "    requestAnimationFrame(() => setTimeout(() => {\n      if (this.#pane === pane) {\n        \
                this.#root.replaceChildren(pane.root);\n        this.#fit();\n        pane.focus();\n      }\n    }, 200));\n";
    scratch.edit("fixtures/widget/frame.js", now, late);
    scratch
}

#[test]
fn a_held_clock_gives_a_widget_the_moment_that_it_takes() {
    need_browsers();
    with_late_panes().run(run_in("all", &[])).code(0);
}

#[test]
fn what_a_widget_was_given_of_a_held_clock_is_part_of_its_minute() {
    need_browsers();
    let scratch = with_late_panes();
    scratch.edit("fixtures/widget/widget.js", "NOTIFICATION_LIFE = 60_000", "NOTIFICATION_LIFE = 59_998");
    let run = scratch.run(run_in("all", &["minute"])).code(1);
    assert!(run.stdout.contains("notification.one-minute (must)"), "{}", run.stdout);
    assert!(run.stdout.contains("✗ 6  let 59.999 s pass"), "{}", run.stdout);
}

/// The next page's clock is nobody's, so what it brings about is looked for.
#[test]
fn a_moment_later_is_looked_at_after_a_reload_though_the_clock_was_held() {
    need_browsers();
    let case = "[[case]]\nid = \"again\"\ntitle = \"a reload\"\nsteps = [\"hold-clock\", \"reload\", { call = {} }]\n";
    let scratch = Scratch::with_suite(case);
    scratch.edit("fixtures/widget/widget.js", "NOTIFICATION_LIFE = 60_000", "NOTIFICATION_LIFE = 1_500");
    let run = scratch.run(run_in("chromium", &[])).code(1);
    assert!(run.stdout.contains("a moment later"), "{}", run.stdout);
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

/// A widget that holds up its page, or a case that waits for more than it may: what was under way says where to look.
#[test]
fn what_takes_too_long_is_told_with_its_step() {
    need_browsers();
    let case = |id: &str| {
        format!(
            "[[case]]\nid = \"{id}\"\ntitle = \"{id}\"\nsteps = [{{ call = {{ message = \"{id}\" }} }}]\n"
        )
    };
    let scratch = Scratch::with_suite(&(case("endless") + &case("never")))
        .variable("LCW_DEADLINES_COMMAND", "3s")
        .variable("LCW_DEADLINES_STEP", "30s")
        .variable("LCW_DEADLINES_CASE", "8s");
    let invites = "      widget.invite({\n";
    let hangs = "      while (property(notificationUIConfig, \"message\") === \"endless\");\n      \
                 if (property(notificationUIConfig, \"message\") === \"never\") return;\n";
    scratch.edit("fixtures/widget/sdk.js", invites, &format!("{hangs}{invites}"));
    let run = scratch.run(run_in("all", &["--report", "json=report.json"])).code(1);
    let report = scratch.json("report.json");
    for case in report["cases"].as_array().unwrap() {
        assert_eq!(case["outcome"], "timed-out", "{}", run.stdout);
        let reason = case["reason"].as_str().unwrap();
        let (why, id) = if case["id"] == "endless" {
            ("failed to have the page answer within 3s", "endless")
        } else {
            ("not through within 8s, the deadline of a case", "never")
        };
        assert!(reason.starts_with(why), "{reason}");
        let step = format!("; step 1, call ({{message: \"{id}\"}}), was under way");
        assert!(reason.ends_with(&step), "{reason}");
    }
    assert_eq!(report["summary"]["timed_out"], 4);
}

/// A widget that takes the page away just after it has shown its invitation: at once, in the last moment that is looked at,
/// or to somewhere that takes longer to come than the case takes to end.
#[test]
fn that_a_page_was_left_is_told_whenever_it_happens() {
    need_browsers();
    let suite = r#"
[[case]]
id = "away"
title = "an invitation that is closed"
steps = [{ call = {} }, "dismiss"]

[[case]]
id = "held"
title = "an invitation that stays"
steps = ["hold-clock", { call = {} }, { advance = "30s" }]
"#;
    let elsewhere = ThirdParty::start();
    let to_elsewhere = format!("setTimeout(() => {{ location.href = \"{}/\"; }}, 100)", elsewhere.url());
    std::thread::spawn(move || {
        loop {
            let asked = elsewhere.request();
            // As far away as this is, a case that looks no more is over.
            std::thread::sleep(Duration::from_millis(500));
            asked.reply("text/html", "<!doctype html><title>Elsewhere</title>");
        }
    });
    let aways = [
        ("location.href = \"about:blank\"", "1s"),
        ("setTimeout(() => location.reload(), 100)", "1s"),
        (&to_elsewhere, "5s"),
    ];
    for (away, patience) in aways {
        let scratch = Scratch::with_suite(suite).variable("LCW_DEADLINES_STEP", patience);
        let invites = "  invite(invitation) {\n";
        scratch.edit("fixtures/widget/widget.js", invites, &format!("{invites}    {away};\n"));
        let run = scratch.run(run_in("all", &["--report", "json=report.json"])).code(1);
        let report = scratch.json("report.json");
        let cases = report["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 4);
        for case in cases {
            let first = &case["mismatches"][0];
            assert_eq!(first["requirement"], "page.no-errors", "{away}: {case:#} {}", run.stdout);
            let actual = first["actual"].as_str().unwrap();
            assert!(actual.starts_with("the page was left for "), "{actual}");
        }
    }
}

/// What a widget is given of a held clock, as something does not hold, ends an invitation that had a millisecond left: that is
/// the harness's doing.
#[test]
fn a_minute_that_the_harness_ended_is_no_finding() {
    need_browsers();
    let suite = r#"
[[case]]
id = "minute"
title = "an invitation until just before its end"
steps = ["hold-clock", { call = {} }, { advance = "59.999s" }]
"#;
    let scratch = Scratch::with_suite(suite).variable("LCW_DEADLINES_STEP", "2s");
    let ready = "raise(\"lcw:ready\");";
    let late = format!("{ready} setTimeout(() => Promise.reject(new Error(\"late\")), 5000);");
    scratch.edit("fixtures/widget/widget.js", ready, &late);
    scratch.run(run_in("all", &["--report", "json=report.json"])).code(1);
    let report = scratch.json("report.json");
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let requirements: Vec<_> =
            case["mismatches"].as_array().unwrap().iter().map(|broken| &broken["requirement"]).collect();
        assert_eq!(requirements, ["page.no-errors"], "{case:#}");
    }
}
