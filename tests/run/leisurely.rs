//! Widgets that are all right and in no hurry: a visitor waits until they can press what they want to.

use rstest::rstest;

use crate::scratch::{Scratch, need_browsers};

const HANDMADE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/handmade");

const SUITE: &str = "\
[[case]]
id = \"talk\"
title = \"a survey, and a conversation\"
settings = { prechat = true }
steps = [{ call = { message = \"Hello\" } }, \"accept\", \"submit-survey\", { send = \"Hi\" }]
";

/// Panes that slide in, by an animation of which no event tells.
const SLIDES: (&str, &str) = (
    "    stage.innerHTML = html;\n",
    "    stage.innerHTML = html;\n    stage.animate({ opacity: [0, 1], translate: [\"0 150px\", \"0\"] }, 400);\n",
);

/// A message box that comes later than its pane, and a button that comes later than what is typed.
const CONNECTS: (&str, &str) = (
    "    answer(\"Hello!\");\n",
    "    answer(\"Hello!\");
    const [box, send] = [find(\"input\"), find(\"button\")];
    box.disabled = send.disabled = true;
    setTimeout(() => (box.disabled = false), 300);
    box.oninput = () => setTimeout(() => (send.disabled = !box.value), 150);\n",
);

/// A survey as there are many: what need not be filled in, what cannot be, what has to be scrolled to, and boxes that a
/// page draws itself.
const ASKS_MUCH: (&str, &str) = (
    "<label>Name <input required></label>",
    "<div style=\"height: 150px; overflow: auto\">
      <label>Name <input required></label>
      <label>Case <input readonly value=7></label> <input disabled>
      <label>Since <input type=date></label> <select><option>Sales</option><option>Support</option></select>
      <label>Topic <select required><option value=\"\">–</option><option>Oaks</option></select></label>
      <p style=\"height: 300px\"></p>
      <label>Page <input type=url required></label>
      <label style=\"position: relative\"><input type=checkbox required style=\"opacity: 0; position: absolute; width: 20px; height: 20px; margin: 0\">
        <span style=\"display: inline-block; width: 20px; height: 20px; background: blue\"></span> I agree</label></div>",
);

/// An invitation that has no box of its own.
const WITHOUT_BOX: (&str, &str) =
    ("    .card {", "    .card[role=dialog] { display: contents }\n    .card {");

/// One whose box is empty, with what it holds beside it.
const EMPTY_BOX: (&str, &str) = (
    "    .card {",
    "    .card[role=dialog] { position: fixed; width: 0; height: 0; padding: 0; border: none; right: 300px; bottom: 200px }
    .card[role=dialog] > * { width: 200px }\n    .card {",
);

#[rstest]
#[case::slides(SLIDES)]
#[case::connects(CONNECTS)]
#[case::asks_much(ASKS_MUCH)]
#[case::without_box(WITHOUT_BOX)]
#[case::empty_box(EMPTY_BOX)]
fn it_is_waited_until_a_visitor_can_press(#[case] (from, to): (&str, &str)) {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let read = |kind: &str| std::fs::read_to_string(format!("{HANDMADE}.{kind}")).unwrap();
    scratch.write("widget.js", &read("js"));
    // It raises what a chat in the page is told with.
    let raises = "    answer(\"Hello!\");\n";
    scratch.edit(
        "widget.js",
        raises,
        &format!("    raise(\"lcw:startChat\");\n    raise(\"lcw:chatQueued\");\n{raises}"),
    );
    scratch.edit("widget.js", from, to);
    let target = read("toml").replace("handmade.js", "widget.js");
    let target: String = target
        .lines()
        .filter(|line| !line.starts_with("expectations"))
        .map(|line| format!("{line}\n"))
        .collect();
    scratch.write("target.toml", &target);
    let run = scratch.run(["run", "--fixtures", "fixtures", "--target", "target.toml"]).code(0);
    assert!(run.stdout.contains("2 results"), "{}", run.stdout);
}

#[test]
fn what_is_in_a_frame_of_another_size_is_pressed_where_it_is_shown() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let scale =
        "    border: \"0\",\n    transform: \"scale(0.6)\",\n    \"transform-origin\": \"100% 100%\",\n";
    scratch.edit("fixtures/widget/frame.js", "    border: \"0\",\n", scale);
    let run = scratch.run(["run", "--fixtures", "fixtures"]).code(0);
    assert!(run.stdout.contains("2 results"), "{}", run.stdout);
}
