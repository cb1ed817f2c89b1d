//! Widgets of somebody else's, put under test by a target file.

use std::time::Duration;

use rstest::rstest;
use serde_json::Value;

use crate::display::redacted;
use crate::scratch::{Scratch, need_browsers};
use crate::third_party::ThirdParty;

/// A widget that was written by hand and shares nothing with the reference widget, and its target file.
const HANDMADE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/handmade.toml");

/// The result of each case, by id.
fn outcomes(report: &Value) -> Vec<(String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cases = report["cases"].as_array().unwrap().iter();
    cases
        .map(|case| (text(&case["id"]), text(&case["outcome"]), case["unexpected"].as_bool().unwrap()))
        .collect()
}

/// The fixtures' page with a widget of somebody else's in it, under `site`.
fn site(scratch: &Scratch) {
    std::fs::create_dir_all(scratch.path("site/chat")).unwrap();
    let page = "<!doctype html><title>A page</title><script>localStorage.been = 'here'; document.cookie = 'been=here'</script>
      <script>window.asked = location.search</script>
      <script id=\"Microsoft_Omnichannel_LCWidget\" src=\"{{widget-origin}}/livechatwidget/scripts/LiveChatBootstrapper.js\"
        data-app-id=\"{{app-id}}\" data-org-id=\"{{org-id}}\" data-org-url=\"{{org-url}}\"></script>
      <script src=\"page.js\"></script>";
    scratch.write("site/chat/index.html", page);
    scratch.write(
        "site/chat/page.js",
        "if (asked !== '?survey=1&lang=en-US') throw new Error(`asked ${asked}`);",
    );
}

const SMALL: &str = r#"
[[case]]
id = "accepted"
title = "an invitation that is accepted"
steps = [{ call = { message = "Hello" } }, "accept"]

[[case]]
id = "called-by-the-page"
title = "the page calls in its own handler"
settings = { page-call = { message = "Hello" } }
steps = ["dismiss"]

[[case]]
id = "default"
title = "an invitation without a message"
steps = [{ call = {} }]

[[case]]
id = "held-back"
title = "an invitation before the widget is ready"
settings = { ready = "harness" }
steps = ["fire-ready"]
"#;

#[test]
fn a_hand_written_widget_is_judged_in_both_browsers_as_its_target_file_says() {
    need_browsers();
    // No case is waited for so long: a claim that is known to break is given up early.
    let step = Duration::from_secs(25);
    let scratch = Scratch::new().variable("LCW_DEADLINES_STEP", "25s");
    let cases = [
        "chat/conversation-in-any-script",
        "chat/one-window",
        "minute/accepted-at-the-last-moment",
        "ready/handler-minute",
        "text/message=entities",
        "invite/message=unicode/*",
    ];
    let flags = ["run", "--target", HANDMADE, "--report", "json=report.json"];
    let run = scratch.run(flags.iter().chain(&cases)).code(0);
    let report = scratch.json("report.json");
    assert_eq!(report["target"], "handmade");
    let of = |id: &str| {
        let cases = report["cases"].as_array().unwrap().iter();
        let found: Vec<_> =
            cases.filter(|case| case["id"] == id).map(|case| (&case["outcome"], &case["reason"])).collect();
        assert_eq!(found.len(), 2, "{id}: {}", run.stdout);
        assert_eq!(found[0], found[1]);
        (found[0].0.as_str().unwrap(), found[0].1.as_str())
    };
    let known = "its default text is that of the open-source widget";
    assert_eq!(of("chat/conversation-in-any-script"), ("failed", Some(known)));
    assert_eq!(of("ready/handler-minute"), ("skipped", Some("the target does not offer ready")));
    assert_eq!(of("chat/one-window"), ("passed", None));
    let summary = &report["summary"];
    assert_eq!((&summary["known"], &summary["unexpected"]), (&2.into(), &0.into()), "{summary}");
    for case in report["cases"].as_array().unwrap() {
        let took = case["duration_ms"].as_f64().unwrap();
        assert!(Duration::from_secs_f64(took / 1e3) < step, "{} took {took} ms", case["id"]);
    }
}

#[test]
fn a_checkup_finds_every_part_of_the_hand_written_widget() {
    need_browsers();
    let ended = Scratch::new().run(["target", "check", HANDMADE]).code(0);
    for browser in ["firefox", "chromium"] {
        assert!(ended.stdout.contains(&format!("Checking handmade in {browser} ")), "{}", ended.stdout);
    }
    let well = "All 10 parts found; `lcw run --target` can judge the widget\n";
    assert_eq!(ended.stdout.matches(well).count(), 2, "{}", ended.stdout);
}

#[test]
fn a_checkup_says_what_is_wrong_with_selectors_and_what_might_be_meant() {
    need_browsers();
    let scratch = Scratch::new();
    let target = std::fs::read_to_string(HANDMADE).unwrap();
    let script = std::fs::read_to_string(HANDMADE.replace(".toml", ".js")).unwrap();
    scratch.write("handmade.js", &script);
    scratch.write("handmade.expectations.toml", "");
    scratch.write("target.toml", &target);
    // More is offered than the selectors name.
    scratch.edit("target.toml", "\"send\"]", "\"send\", \"minimize\", \"close-button\"]");
    scratch.edit("target.toml", ">>> .text\"", ">>> .card\"");
    scratch.edit("target.toml", ">>> .no\"", ">>> .nope\"");
    scratch.edit("target.toml", "chat-box >>> .talk\"", ".talk\"");
    scratch.edit("target.toml", ">>> .talk input\"", ">>> .talk *\"");
    let ended = scratch.run(["target", "check", "target.toml", "--browser", "chromium"]).code(1);
    redacted(&scratch).bind(|| insta::assert_snapshot!(ended.stdout));
    // What the page says is told in any case.
    scratch.write("well.toml", &target);
    scratch.edit(
        "handmade.js",
        "    raise(\"lcw:ready\");\n",
        "    raise(\"lcw:ready\");\n    alert(\"Hello!\");\n",
    );
    let well = scratch.run(["target", "check", "well.toml", "--browser", "chromium"]).code(0);
    assert!(well.stdout.contains("the page says: a dialog opened (alert): Hello!"), "{}", well.stdout);
    // What no browser understands is told before anything is run.
    scratch.edit("target.toml", "chat = \".talk\"", "chat = \"::nothing(of:this\"");
    let ended = scratch.run(["run", "--target", "target.toml", "--browser", "chromium", "chat/"]).code(2);
    ended.says(&["the selector of `chat` finds nothing", "a `)` is missing"]);
    scratch.edit("target.toml", "::nothing(of:this", ":nothing-of-this");
    let ended = scratch.run(["run", "--target", "target.toml", "--browser", "chromium", "chat/"]).code(2);
    ended.says(&["failed to use the selectors of chat: they are no CSS"]);
}

#[test]
fn expectations_are_strict_both_ways_and_are_written_from_a_run() {
    need_browsers();
    let scratch = Scratch::with_suite(SMALL).variable("LCW_DEADLINES_STEP", "2s");
    let script = std::fs::read_to_string(HANDMADE.replace(".toml", ".js")).unwrap();
    scratch.write("widget.js", &script);
    let selectors = std::fs::read_to_string(HANDMADE).unwrap();
    let selectors = selectors.split_once("[selectors]").unwrap().1;
    scratch.write(
        "webdriver.toml",
        &format!(
            "[targets.mine]\nscript = \"widget.js\"\ncapabilities = [\"prechat\"]\n\
             expectations = \"known.toml\"\n[targets.mine.selectors]{selectors}"
        ),
    );
    let known = "# Ours.\n\n[[expect]]\ncases = \"accepted\"\nreason = \"it was broken once\"\n\n\
                 [[expect]]\ncases = \"no-such-*\"\nbrowser = \"chromium\"\nreason = \"gone\"\n";
    scratch.write("known.toml", known);
    let run = ["run", "--target", "mine", "--fixtures", "fixtures", "--browser", "chromium"];
    let reports =
        ["--report", "json=report.json", "--report", "junit=junit.xml", "--report", "events=run.jsonl"];
    let ended = scratch.run(run.iter().chain(&reports)).code(1);
    redacted(&scratch).bind(|| insta::assert_snapshot!(ended.stdout));
    let report = scratch.json("report.json");
    let schema = include_str!("../../schemas/report.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    assert!(validator.is_valid(&report), "{report:#}");
    assert_eq!(report["unused_expectations"].as_array().unwrap().len(), 1, "{report:#}");
    let junit = scratch.read("junit.xml");
    assert!(
        junit.contains("type=\"unused-expectation\"") && junit.contains("type=\"unexpected-pass\""),
        "{junit}"
    );

    // What cannot be written is told before anything is run for it.
    let nowhere = ["expect", "update", "no/such.toml", "--fixtures", "fixtures", "--target", "mine"];
    scratch.run(nowhere).code(2).says(&["failed to write no/such.toml"]);
    let blank = ["expect", "update", "--target", "mine", "--fixtures", "fixtures", "--reason", " "];
    scratch.run(blank).code(2).says(&["an entry needs a reason"]);
    scratch.write("list.toml", "expect = [{ cases = \"a\", reason = \"b\" }]\n");
    let list = ["expect", "update", "list.toml", "--fixtures", "fixtures", "--target", "mine"];
    scratch.run(list).code(2).says(&["its entries are not written as `[[expect]]`"]);

    // What is written from the run is what the next run gives; the file's own words stay.
    let update = ["expect", "update", "--target", "mine", "--fixtures", "fixtures", "--browser", "chromium"];
    let from_events = scratch.run(update.iter().chain(&["--from", "run.jsonl", "--dry-run"])).code(0);
    assert_eq!(from_events.stderr, "");
    let stream = scratch.read("run.jsonl");
    scratch.write("cut.jsonl", &stream[..=stream.find('\n').unwrap()]);
    scratch
        .run(update.iter().chain(&["--from", "cut.jsonl", "--dry-run"]))
        .code(4)
        .says(&["warning: cut.jsonl is cut off before its run had ended"]);
    let theirs = scratch.read("report.json").replace("\"target\": \"mine\"", "\"target\": \"theirs\"");
    scratch.write("theirs.json", &theirs);
    let of_theirs = scratch.run(update.iter().chain(&["--from", "theirs.json"])).code(2);
    of_theirs.says(&["theirs.json tells of the target theirs", "the expectations of mine"]);
    let more = ["--from", "report.json", "--reason", "another text"];
    let others = update.iter().chain(&["--from", "report.json", "--only", "nowhere"]);
    scratch
        .run(others)
        .code(4)
        .says(&["the filter `nowhere` fits no result", "no result of report.json is selected"]);
    let ended = scratch.run(update.iter().chain(&more)).code(0);
    let changes = |text: &str| text.lines().take(3).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(changes(&from_events.stdout), changes(&ended.stdout), "from events and from a document");
    redacted(&scratch).bind(|| insta::assert_snapshot!(ended.stdout));
    insta::assert_snapshot!(scratch.read("known.toml"));
    scratch.run(run).code(0);
}

#[test]
fn walks_have_nothing_to_say_of_what_is_known_of_the_plan() {
    need_browsers();
    let scratch = Scratch::with_suite(SMALL);
    scratch.write("known.toml", "[[expect]]\ncases = \"accepted\"\nreason = \"known\"\n");
    scratch.write("target.toml", "name = \"mine\"\nscript = \"fixtures/widget/LiveChatBootstrapper.js\"\nexpectations = \"known.toml\"\n");
    let flags =
        ["run", "--fixtures", "fixtures", "--browser", "chromium", "--target", "target.toml", "--walks", "2"];
    let ended = scratch.run(flags).code(0);
    assert!(!ended.stdout.contains("expectation"), "{}", ended.stdout);
}

#[test]
fn a_folder_is_served_on_the_cases_host_with_the_settings_in_the_address() {
    need_browsers();
    let scratch = Scratch::with_suite(SMALL);
    site(&scratch);
    let frame = "#Microsoft_Omnichannel_LCWidget_Chat_Iframe_Window >>>";
    scratch.write(
        "target.toml",
        &format!(
            "name = \"site\"\nroot = \"site\"\npage = \"chat/?survey={{prechat}}&lang={{locale}}\"\n\
             [selectors]\nnotification = \"{frame} #oc-lcw-proactivechat\"\naccept = \"{frame} #oc-lcw-proactivechat-startbutton\"\n"
        ),
    );
    let flags = ["run", "--fixtures", "fixtures", "--browser", "chromium", "--target", "target.toml"];
    scratch.run(flags.iter().chain(&["--report", "json=report.json"])).code(0);
    let outcome = |id: &str, outcome: &str| (id.to_owned(), outcome.to_owned(), false);
    let expected = [
        outcome("accepted", "passed"),
        outcome("called-by-the-page", "passed"),
        outcome("default", "passed"),
        outcome("held-back", "skipped"),
    ];
    assert_eq!(outcomes(&scratch.json("report.json")), expected);
}

/// A page that keeps something for the next time; one that finds its database shows nothing then.
#[rstest]
#[case::storage("localStorage.been = 'here'; document.cookie = 'been=here'")]
#[case::database(
    "const been = indexedDB.databases().then(bases => bases.length > 0);
     indexedDB.open('been');
     addEventListener('lcw:ready', async () => { if (await been) document.documentElement.remove(); });"
)]
fn a_page_is_opened_where_it_is_and_each_case_starts_from_nothing(#[case] keeps: &str) {
    need_browsers();
    let scratch = Scratch::with_suite(SMALL);
    let stores = format!("<script>{keeps}</script>");
    let page = "<meta charset=\"utf-8\">";
    scratch.edit("fixtures/pages/index.html", page, &format!("{page}{stores}"));
    let mut server = scratch.start(["serve", "--fixtures", "fixtures"]);
    let address = server.stdout.wait_for("http://").trim().to_owned();
    let target = format!("name = \"page\"\npage = \"{address}index.html?prechat={{prechat}}\"\n");
    scratch.write("target.toml", &target);
    let flags = ["run", "--fixtures", "fixtures", "--browser", "chromium", "--target", "target.toml"];
    let ended = scratch.start(flags.iter().chain(&["--report", "json=report.json"])).end();
    server.signal(rustix::process::Signal::INT);
    server.end();
    ended.code(0);
    let found = outcomes(&scratch.json("report.json"));
    let passed: Vec<_> =
        found.iter().filter(|(_, outcome, _)| outcome == "passed").map(|(id, ..)| id.as_str()).collect();
    assert_eq!(passed, ["accepted", "default"], "{found:?}");
    // Nothing was tried a second time in a browser of its own.
    let cases = scratch.json("report.json")["cases"].as_array().unwrap().clone();
    assert!(cases.iter().all(|case| case["attempts"].as_u64() <= Some(1)), "{cases:#?}");
}

/// As at night, when nobody has started its server.
#[test]
fn a_page_that_is_down_is_told_with_its_address_and_costs_no_browser() {
    need_browsers();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let scratch = Scratch::with_suite(SMALL);
    scratch.write("target.toml", &format!("name = \"page\"\npage = \"http://{free}/chat.html\"\n"));
    let flags = ["run", "--fixtures", "fixtures", "--browser", "chromium", "--target", "target.toml"];
    let run = scratch.run(flags.iter().chain(&["default"])).code(1);
    let words = format!("failed to open http://{free}/chat.html: ");
    assert!(
        run.stdout.contains(&words) && run.stdout.contains("see that its server is up"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("INFRA ") && !run.stdout.contains("eplaced"), "{}", run.stdout);
}

/// Its server takes a request and never answers: that for the page, or that for a picture in it.
#[rstest]
#[case::page(None, "failed to hear from the probe in http://")]
#[case::picture(Some("<img src=\"late.png\">"), "or something that it loads never comes")]
fn a_page_that_never_comes_is_not_told_as_one_whose_script_never_ends(
    #[case] page: Option<&str>,
    #[case] words: &str,
) {
    need_browsers();
    let (scratch, silent) = (Scratch::new().variable("LCW_DEADLINES_COMMAND", "2s"), ThirdParty::start());
    scratch.write("target.toml", &format!("name = \"page\"\npage = \"{}/chat.html\"\n", silent.url()));
    let mut check = scratch.start(["target", "check", "target.toml", "--browser", "chromium"]);
    if let Some(page) = page {
        silent.request().reply("text/html", page);
    }
    let held = silent.request();
    let ended = check.end().code(1);
    drop(held);
    assert!(ended.stdout.contains(words), "{}", ended.stdout);
}

#[test]
fn a_target_that_is_not_there_names_those_that_are() {
    let scratch = Scratch::new();
    let run = |target: &str| scratch.run(["run", "--target", target]).code(2);
    run("acme").says(&["there is no target `acme`", "write `[targets.acme]` in a webdriver.toml"]);
    scratch.write("webdriver.toml", "[targets.acme-chat]\npage = \"https://example.com\"\n");
    run("acme-cat").says(&["there is no target `acme-cat`", "did you mean `acme-chat`?"]);
    run("nowhere.toml").says(&["failed to read nowhere.toml"]);
}

#[test]
fn a_visitor_sees_what_an_odd_call_led_to_although_it_comes_late() {
    need_browsers();
    let scratch = Scratch::with_suite(
        "[[case]]\nid = \"late\"\ntitle = \"an odd call, and what it led to\"\n\
         steps = [{ odd-call = { message = \"true\" } }, \"dismiss-if-shown\", { call = { message = \"Hello\" } }]\n",
    );
    scratch.edit("fixtures/widget/sdk.js", "      widget.invite({", "      const invitation = ({");
    let last = "inNewWindow: property(options, \"inNewWindow\") === true,\n      });\n";
    let later = format!("{last}      setTimeout(() => widget.invite(invitation), 400);\n");
    scratch.edit("fixtures/widget/sdk.js", last, &later);
    scratch.run(["run", "--fixtures", "fixtures", "--browser", "firefox"]).code(0);
}
