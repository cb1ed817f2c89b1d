//! What a step sets off has its turn before the next one, and what belongs to one page or visit stays there.

use crate::listener::Listener;
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

/// Writes as it is left.
const WRITES: &str = r#"
addEventListener("pagehide", () => sessionStorage.setItem("left", "1"));
addEventListener("lcw:ready", () => {
  const message = sessionStorage.getItem("left") ? "Again?" : "New?";
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message }, false);
});"#;

/// Whoever comes back another time opens a new tab.
#[test]
fn what_a_page_keeps_for_its_tab_as_it_is_left_is_gone_with_the_visit() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(WRITES));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Each visit is a new one.\"\nsteps = [{ visit = \"index.html\" },\n\
         { expect = { invitation = { text = \"New?\" } } }, \"revisit\", { expect = { invitation = { text = \"New?\" } } },\n\
         \"reload\", { expect = { invitation = { text = \"Again?\" } } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// Counts its visits, and leads on while it loads.
const COUNTS: &str = r#"<!doctype html><meta charset=utf-8><title>page</title><script>
localStorage.visits = +localStorage.visits + 1;
sessionStorage.basket = sessionStorage.basket + ", a fern";
location.replace("shop.html");
</script>"#;

/// Tells what it has come upon.
const SHOP: &str = r#"
addEventListener("lcw:ready", () => {
  const message = [localStorage.visits, sessionStorage.basket, document.referrer.split("/").pop()].join("; ");
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message }, false);
});"#;

#[test]
fn what_is_for_the_first_page_stays_out_of_the_one_to_which_it_leads() {
    let scratch = Scratch::new();
    scratch.write("index.html", COUNTS);
    scratch.write("shop.html", &page(SHOP));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Visits are counted.\"\n\
         visitor = { referrer = \"https://search.example/?q=trees\", local-storage = { visits = \"2\" }, session-storage = { basket = \"an oak\" } }\n\
         steps = [{ visit = \"index.html\" }, { expect = { invitation = { text = \"3; an oak, a fern; index.html\" } } },\n\
         \"revisit\", { expect = { invitation = { text = \"4; undefined, a fern; index.html\" } } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// A shop that has moved, and whose customers may go there.
#[test]
fn another_origin_to_which_the_first_page_leads_knows_who_led_there() {
    let scratch = Scratch::new();
    let shop = Listener::with_page(page(SHOP.replace(".split(\"/\").pop()", "").as_str()));
    let there = format!("http://shop.localhost:{}/", shop.address.port());
    let site = Listener::with_page(format!("<!doctype html><script>location.replace(\"{there}\")</script>"));
    let base = format!("http://localhost:{}/", site.address.port());
    scratch.write(
        "scenarios.toml",
        &format!(
            "[[scenario]]\nid = \"a\"\npromise = \"Customers find the shop.\"\n\
             visitor = {{ referrer = \"https://search.example/?q=trees\", session-storage = {{ basket = \"an oak\" }} }}\n\
             steps = [{{ visit = \"\" }}, {{ expect = {{ invitation = {{ text = \"; ; {base}\" }} }} }},\n\
             {{ script = \"sessionStorage.basket = 'a fern'\" }}, \"revisit\", {{ expect = {{ invitation = {{ text = \"; ; {base}\" }} }} }}]"
        ),
    );
    let arguments = ["check", "scenarios.toml", "--base-url", &base, "--allow", "shop.localhost"];
    assert_eq!(results(&document(&scratch, &arguments, 0)).len(), 2);
}
