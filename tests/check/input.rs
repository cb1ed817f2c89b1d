//! What a visitor does takes a moment of the page's time, and is told with that time.

use serde_json::json;

use crate::together::Part;
use crate::{entries, page};

/// Handlers as Vue attaches them: the third edition's drops an event that came no later than a handler was attached, the
/// second's one that came earlier.
const ATTACHES: &str = r#"<!doctype html><meta charset=utf-8><title>page</title>
<ul><li class=third><button id=third>Third</button></li><li class=second><button id=second>Second</button></li></ul>
<input id=name>
<script>
  const heard = (what) => console.error(what);
  const third = (selector) => {
    const attached = Date.now();
    document.querySelector(selector).addEventListener("click", (event) => {
      if (!event._vts) event._vts = Date.now();
      else if (event._vts <= attached) return;
      heard(selector);
    });
  };
  third("button#third");
  third("li.third");
  const second = (selector) => {
    const attached = performance.now();
    document.querySelector(selector).addEventListener("click", (event) => {
      if (event.target === event.currentTarget || event.timeStamp >= attached) heard(selector);
    });
  };
  setTimeout(() => { second("button#second"); second("li.second"); }, 60_000);
  let clicked = null;
  addEventListener("click", (event) => (clicked = event));
  setTimeout(() => heard(`clicked at ${clicked?.timeStamp}`), 70_000);
  for (const type of ["mousedown", "mouseup", "click"]) {
    addEventListener(type, (event) => event.timeStamp === performance.now() || heard(`${type} at ${event.timeStamp}`));
  }
  addEventListener("keydown", ({ key, timeStamp }) => heard(`${key} at ${timeStamp}`));
</script>"#;

/// What a visitor types beside letters.
const KEYS: &str = r#"<!doctype html><meta charset=utf-8><title>page</title>
<form onsubmit="document.title = `asks for ${name.value}`; return false"><input name=name></form>
<textarea></textarea><input id=after>"#;

pub(crate) const TYPED: Part = Part::new("typed", |folder| {
    folder.write("index.html", KEYS);
    let holds = |what: &str| {
        format!("{{ script = \"if (!({what})) throw new Error(document.body.innerHTML + document.title)\" }}")
    };
    folder.scenarios(&format!(
        "[[scenario]]\nid = \"a\"\npromise = \"Keys are keys.\"\nsteps = [{{ visit = \"index.html\" }}, \
         {{ type = {{ into = \"input\", text = \"oak\\n\" }} }}, {}, \
         {{ type = {{ into = \"textarea\", text = \"elm\\r\\nash\\tyew\" }} }}, {}, {}]",
        holds("document.title === 'asks for oak'"),
        holds("document.querySelector('textarea').value === 'elm\\\\nash'"),
        holds("document.querySelector('#after').value === 'yew'"),
    ));
});

#[test]
fn a_line_break_is_the_enter_key_and_a_tab_the_tab_key() {
    for result in TYPED.as_expected() {
        let steps = entries(&result, "step");
        let typed =
            steps.iter().filter_map(|step| step["words"].as_str()).find(|words| words.contains("elm"));
        assert_eq!(typed, Some("type \"elm↵ash⇥yew\" into textarea"), "{result:#}");
    }
}

/// And a browser lets a page open a window for five seconds after a visitor's gesture.
pub(crate) const MOMENTS: Part = Part::new("moments", |folder| {
    folder.write("attaches.html", ATTACHES);
    folder.write("chat.html", "<!doctype html><meta charset=utf-8><title>chat</title>");
    let opens = "const after = (delay) => setTimeout(() => void open(`chat.html?${delay}`, `w${delay}`, 'popup'), delay);";
    let buttons = "<button id=soon onclick='after(4900)'>Soon</button><button id=late onclick='after(10000)'>Late</button>\
                   <input id=name onkeydown='after(4000)'><h1>";
    folder.write("opens.html", &page(opens).replace("<h1>", buttons));
    folder.scenarios(
        "[[scenario]]\nid = \"attaches\"\npromise = \"Whoever clicks is heard.\"\nsteps = [{ visit = \"attaches.html\" }, \
         { click = \"#third\" }, { advance = \"1m\" }, { click = \"#second\" }, { advance = \"1m\" }, \"escape\", \
         { expect = { page-errors = 0 } }]\n\
         [[scenario]]\nid = \"opens\"\npromise = \"A chat opens.\"\nsteps = [{ visit = \"opens.html\" }, \
         { click = \"#soon\" }, { advance = \"5s\" }, { click = \"#late\" }, { advance = \"11s\" }, \
         { type = { into = \"#name\", text = \"a\" } }, { advance = \"4s\" }]",
    );
});

#[test]
fn a_click_comes_after_its_handlers_and_is_a_gesture_for_a_while() {
    let results = MOMENTS.as_expected();
    let of = |id: &str| results.iter().filter(|result| result["id"] == id).collect::<Vec<_>>();
    assert_eq!((of("attaches").len(), of("opens").len()), (2, 2));
    for result in of("attaches") {
        let said: Vec<_> = entries(result, "console").iter().map(|entry| entry["text"].clone()).collect();
        let expected = [
            "button#third",
            "li.third",
            "button#second",
            "li.second",
            "clicked at 60002",
            "Escape at 120003",
        ];
        assert_eq!(json!(said), json!(expected), "{result:#}");
    }
    for result in of("opens") {
        let opened: Vec<_> = entries(result, "window-opened")
            .iter()
            .map(|entry| {
                let url = entry["url"].as_str().unwrap();
                json!([url.rsplit('?').next().unwrap(), entry["gesture"]])
            })
            .collect();
        assert_eq!(json!(opened), json!([["4900", "yes"], ["10000", "no"], ["4000", "yes"]]), "{result:#}");
    }
}

/// The main part of an app, and a body, that scroll in the page's place; and a page with a box in its middle.
pub(crate) const SCROLLS: Part = Part::new("scrolls", |folder| {
    let page = |style: &str, body: &str| {
        format!(
            "<!doctype html><meta charset=utf-8><title>page</title><style>{style}</style>{body}<p style='height: 9000px'>Oaks"
        )
    };
    folder.write("app.html", &page("body { margin: 8px } main { height: 100vh; overflow: auto }", "<main>"));
    folder.write(
        "body.html",
        &page("html { height: 100%; overflow: hidden } body { height: 100%; overflow: auto }", ""),
    );
    let boxed =
        "<div style='position: fixed; inset: 40%; overflow: auto'><p style='height: 9000px'>Elms</div>";
    folder.write("box.html", &page("", boxed));
    let at = |selector: &str, top: u32| {
        format!(
            "{{ script = \"const at = document.querySelector('{selector}').scrollTop; if (at !== {top}) throw '{selector} is at ' + at\" }}"
        )
    };
    let steps: Vec<_> = [("app", "main"), ("body", "body"), ("box", "html")]
        .map(|(page, scroller)| {
            format!("{{ visit = \"{page}.html\" }}, {{ scroll = {{ pixels = 800 }} }}, {}", at(scroller, 800))
        })
        .into();
    folder.scenarios(&format!(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever reads on gets on.\"\nsteps = [{}]",
        steps.join(", ")
    ));
});

#[test]
fn what_a_visitor_would_scroll_is_scrolled() {
    assert_eq!(SCROLLS.as_expected().len(), 2);
}
