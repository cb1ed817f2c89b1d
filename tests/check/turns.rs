//! What a step sets off has its turn before the next one, and what belongs to one page or visit stays there.

use crate::listener::Listener;
use crate::scratch::Scratch;
use crate::together::Part;
use crate::{document, invites, page, results};

/// Leads whoever has scrolled to the page that invites.
const LEADS: &str = r#"
addEventListener("scroll", () => { location.href = "next.html"; }, { once: true });
addEventListener("DOMContentLoaded", () => { document.body.style.height = "400vh"; });"#;

/// Invites whoever has scrolled, once its own code has had its turn.
const SCROLLS: &str = r#"
const invite = () => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Still reading?" }, false);
addEventListener("scroll", () => setTimeout(invite, 0), { once: true });
addEventListener("DOMContentLoaded", () => { document.body.style.height = "400vh"; });"#;

/// Writes as it is left.
const WRITES: &str = r#"
addEventListener("pagehide", () => sessionStorage.setItem("left", "1"));
addEventListener("lcw:ready", () => {
  const message = sessionStorage.getItem("left") ? "Again?" : "New?";
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message }, false);
});"#;

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

/// Invites whoever's mouse was on its way up when it left.
const UPWARDS: &str = r#"
let [last, isUp] = [null, false];
addEventListener("mousemove", ({ clientY }) => { isUp = last !== null && clientY < last; last = clientY; });
document.documentElement.addEventListener("mouseleave", () => {
  if (isUp) Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Wait!" }, false);
});"#;

/// Waits for one thing after the other, a second between each.
const WAITS: &str = r#"
const preloaded = () => new Promise((done) => {
  const link = Object.assign(document.createElement("link"), { rel: "preload", as: "style", href: "slow.css" });
  link.onload = () => { link.onload = done; link.rel = "stylesheet"; };
  document.head.append(link);
});
const image = Object.assign(new Image(), { src: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>" });
const waits = [
  () => new FontFace("oak", "url(slow.css)").load().catch(() => {}),
  () => image.decode(),
  () => WebAssembly.instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  () => navigator.mediaDevices.enumerateDevices(),
  async () => (await (await navigator.storage.getDirectory()).getFileHandle("leaf", { create: true })).getFile(),
  preloaded,
];
addEventListener("lcw:ready", async () => {
  for (const wait of waits) {
    await new Promise((done) => setTimeout(done, 1_000));
    await wait();
  }
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "At last" }, false);
});"#;

/// Browsers tell of scrolling with the next frame, and whoever comes back another time opens a new tab.
pub(crate) const TURNS: Part = Part::new("turns", |folder| {
    let pages = [
        ("scrolls", page(SCROLLS)),
        ("leads", page(LEADS)),
        ("next", page(&invites("There?", 0))),
        ("writes", page(WRITES)),
        ("counts", COUNTS.to_owned()),
        ("shop", page(SHOP)),
        ("upwards", page(UPWARDS)),
        ("waits", page(WAITS)),
    ];
    folder.write("slow.css", "h1 { color: green }");
    for (name, text) in pages {
        folder.write(&format!("{name}.html"), &text);
    }
    let scrolls = (0..3).map(|number| {
            format!(
                "[[scenario]]\nid = \"scrolls/n{number}\"\npromise = \"Whoever reads is invited.\"\n\
                 steps = [{{ visit = \"scrolls.html\" }}, {{ scroll = \"bottom\" }}, {{ expect = {{ invitation = true }} }}]\n"
            )
        });
    let others = "[[scenario]]\nid = \"leads\"\npromise = \"Whoever reads is led on.\"\nsteps = [{ visit = \"leads.html\" },\n\
         { scroll = \"bottom\" }, { expect = { invitation = { text = \"There?\" } } }]\n\
         [[scenario]]\nid = \"writes\"\npromise = \"Each visit is a new one.\"\nsteps = [{ visit = \"writes.html\" },\n\
         { expect = { invitation = { text = \"New?\" } } }, \"revisit\", { expect = { invitation = { text = \"New?\" } } },\n\
         \"reload\", { expect = { invitation = { text = \"Again?\" } } }]\n\
         [[scenario]]\nid = \"counts\"\npromise = \"Visits are counted.\"\n\
         visitor = { referrer = \"https://search.example/?q=trees\", local-storage = { visits = \"2\" }, session-storage = { basket = \"an oak\" } }\n\
         steps = [{ visit = \"counts.html\" }, { expect = { invitation = { text = \"3; an oak, a fern; counts.html\" } } },\n\
         \"revisit\", { expect = { invitation = { text = \"4; undefined, a fern; counts.html\" } } }]\n\
         [[scenario]]\nid = \"upwards\"\npromise = \"Whoever is about to leave is invited.\"\nsteps = [{ visit = \"upwards.html\" },\n\
         \"mouse-leave\", { expect = { invitation = true } }]\n\
         [[scenario]]\nid = \"waits\"\npromise = \"What is on its way takes no time.\"\nsteps = [{ visit = \"waits.html\" },\n\
         { advance = \"1m\" }, { expect = { invitation = { text = \"At last\", at = \"6s\" } } }]\n";
    folder.scenarios(&scrolls.chain([others.to_owned()]).collect::<String>());
});

#[test]
fn what_is_set_off_has_its_turn_and_what_is_one_pages_or_visits_stays_there() {
    let results = TURNS.as_expected();
    assert_eq!(results.len(), 16);
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
