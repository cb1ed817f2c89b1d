//! What a step sets off has its turn before the next one, and what belongs to one page or visit stays there.

use crate::scratch::Scratch;
use crate::{document, page, results};

/// Leads whoever has scrolled to the page that invites.
const LEADS: &str = r#"
addEventListener("scroll", () => { location.href = "next.html"; }, { once: true });
addEventListener("DOMContentLoaded", () => { document.body.style.height = "400vh"; });"#;

/// Invites whoever has scrolled, once its own code has had its turn.
const SCROLLS: &str = r#"
const invite = () => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Still reading?" }, false);
addEventListener("scroll", () => setTimeout(invite, 0), { once: true });
addEventListener("DOMContentLoaded", () => { document.body.style.height = "400vh"; });"#;

/// Browsers tell of it with the next frame.
#[test]
fn what_scrolling_sets_off_has_its_turn() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(SCROLLS));
    scratch.write("leads.html", &page(LEADS));
    scratch.write("next.html", &page(&crate::invites("There?", 0)));
    let leads = "[[scenario]]\nid = \"leads\"\npromise = \"Whoever reads is led on.\"\nsteps = [{ visit = \"leads.html\" },\n\
                 { scroll = \"bottom\" }, { expect = { invitation = { text = \"There?\" } } }]\n";
    let scenarios = (0..8).map(|number| {
        format!(
            "[[scenario]]\nid = \"a-{number}\"\npromise = \"Whoever reads is invited.\"\nsteps = [{{ visit = \"index.html\" }},\n\
             {{ scroll = \"bottom\" }}, {{ expect = {{ invitation = true }} }}]\n"
        )
    });
    scratch.write("scenarios.toml", &scenarios.chain([leads.to_owned()]).collect::<String>());
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 18);
}
