//! Pages that are out of sight, and what they do while they are left.

use serde_json::json;

use crate::together::Part;
use crate::{entries, invites, page};

/// Invites at the thousandth frame, and says how many there have been each five seconds.
const FRAMES: &str = "
let frames = 0;
const loop = () => { frames += 1; requestAnimationFrame(loop); };
requestAnimationFrame(loop);
const cancelled = () => console.error('cancelled');
let request;
document.addEventListener('visibilitychange', () => {
  console.error(document.visibilityState);
  if (document.hidden) request = requestAnimationFrame(cancelled);
});
setTimeout(() => cancelAnimationFrame(request), 8_000);
setInterval(() => console.error(`${frames} frames`), 5_000);";

/// Each page writes a cookie for ten seconds while it is left, in another event, and says which cookies there are.
pub(crate) const LEAVING: Part = Part::new("leaving", |folder| {
    folder.write("frames.html", &page(FRAMES));
    let mut scenarios = String::from(
        "[[scenario]]\nid = \"frames\"\npromise = \"Nothing moves unseen.\"\nsteps = [{ visit = \"frames.html\" }, \
         { advance = \"5s\" }, \"switch-tab\", { advance = \"10s\" }, \"return-to-tab\", { advance = \"5s\" }]\n",
    );
    for event in ["pagehide", "visibilitychange", "unload"] {
        let script = format!(
            "if (location.search) setTimeout(() => console.error(document.cookie), 20_000);\n\
             else addEventListener('{event}', () => (document.cookie = 'left=1; max-age=10'));\n\
             console.error(document.cookie);"
        );
        folder.write(&format!("{event}.html"), &page(&script));
        for way in ["{ visit = \"EVENT.html?next\" }", "{ script = \"location.href = 'EVENT.html?next'\" }"] {
            let number = scenarios.len();
            scenarios += &format!(
                    "[[scenario]]\nid = \"n{number}\"\npromise = \"It is gone.\"\nsteps = [{{ visit = \"EVENT.html\" }}, \
                     {{ advance = \"5s\" }}, {way}, {{ advance = \"20s\" }}]\n"
                )
                .replace("EVENT", event);
        }
    }
    folder.scenarios(&scenarios);
});

#[test]
fn a_hidden_page_has_no_frames_and_a_cookie_that_is_written_on_leaving_ends_on_the_next() {
    let results = LEAVING.as_expected();
    for result in &results {
        let said: Vec<_> = entries(result, "console").iter().map(|entry| entry["text"].clone()).collect();
        if result["id"] == "frames" {
            let expected = ["299 frames", "hidden", "300 frames", "300 frames", "visible", "599 frames"];
            assert_eq!(json!(said), json!(expected), "{result:#}");
            continue;
        }
        // A browser may have done away with `unload`.
        assert_eq!(said.last(), Some(&json!("")), "{result:#}");
    }
    assert_eq!(results.len(), 14);
}

/// Loads itself again, once.
const AGAIN: &str = "
if (!sessionStorage.again) setTimeout(() => { sessionStorage.again = 1; location.reload(); }, 3_000);";

/// Pages that are left by themselves, and by a script.
pub(crate) const GOES_ON: Part = Part::new("goes-on", |folder| {
    let mut scenarios = String::new();
    folder.write("goes-on.html", &page("setTimeout(() => location.replace('invites.html'), 3_000)"));
    folder.write("again.html", &page(&format!("{AGAIN}\n{}", invites("Hello", 15_000))));
    folder.write("invites.html", &page(&invites("Hello", 15_000)));
    for start in ["goes-on", "again"] {
        scenarios += &format!(
            "[[scenario]]\nid = \"{start}\"\npromise = \"Whoever has been there for 15 seconds is invited.\"\n\
             steps = [{{ visit = \"{start}.html\" }}, {{ advance = \"17.999s\" }}, {{ expect = {{ invitation = false }} }}, \
             {{ advance = \"1ms\" }}, {{ expect = {{ invitation = {{ text = \"Hello\", at = \"15s\" }} }} }}, {{ advance = \"58s\" }}, \
             {{ expect = {{ invitation = true }} }}]\n"
        );
    }
    let leaves = "localStorage.n = +(localStorage.n || 0) + 1; location.href = 'invites.html'; \
                  await fetch('invites.html'); await new Promise(() => {})";
    scenarios += &format!(
        "[[scenario]]\nid = \"script\"\npromise = \"A script leaves its page once.\"\nsteps = [{{ visit = \"again.html\" }}, \
         {{ script = \"{leaves}\" }}, {{ script = \"if (localStorage.n !== '1') throw localStorage.n\" }}]\n"
    );
    folder.scenarios(&scenarios);
});

/// In one browser a call in a window that is left meanwhile is made anew in the next document.
#[test]
fn a_page_to_which_another_one_leads_has_what_remains_of_the_time_and_no_script_twice() {
    assert_eq!(GOES_ON.as_expected().len(), 6);
}
