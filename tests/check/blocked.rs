//! Nothing leaves the machine, nor goes to anybody else on it, in whatever way a page tries; and each try is told.

use std::collections::BTreeSet;

use crate::listener::Listener;
use crate::scratch::{self, Scratch};
use crate::{EMBED, document, entries, invites, page, results};

/// `OTHER` is a host that the page has nothing to do with.
const PAGE: &str = r#"<!doctype html><meta charset=utf-8><title>page</title>
<link rel="preconnect" href="http://OTHER/"><link rel="dns-prefetch" href="http://OTHER/">
<link rel="stylesheet" href="http://OTHER/style">
<script src="http://OTHER/script"></script>
<img src="http://OTHER/image" alt="">
<iframe src="http://OTHER/frame"></iframe>
<form action="http://OTHER/form" method="post"><button id="send">Send</button></form>
<a id="away" href="http://OTHER/anchor">Away</a>
<button id="popup" onclick="window.open('http://OTHER/popup')">Popup</button>
<script>
const request = new XMLHttpRequest();
request.open("GET", "http://OTHER/xhr");
request.send();
fetch("http://OTHER/fetch").catch(() => {});
navigator.sendBeacon("http://OTHER/beacon", "here");
const ends = (name, target, ...events) =>
  new Promise((resolve) => events.forEach((event) => target.addEventListener(event, () => resolve(name))));
const socket = new WebSocket("ws://OTHER/socket");
const worker = new Worker("worker.js");
window.tried = Promise.all([
  ends("socket", socket, "error", "open"), ends("worker", worker, "message"), ends("xhr", request, "loadend"),
]);
</script>"#;

const WORKER: &str = r#"
const closed = new Promise((resolve) => {
  const socket = new WebSocket("ws://OTHER/worker-socket");
  socket.onopen = socket.onerror = resolve;
});
Promise.allSettled([fetch("http://OTHER/worker"), closed]).then(() => postMessage("done"));
"#;

const SCENARIOS: &str = r##"
[[scenario]]
id = "ways-out"
promise = "Nothing gets out."
steps = [
  { visit = "index.html" },
  { script = "await Promise.race([tried, fetch('waited').then(() => fetch('longer'))])" },
  { click = "#popup" },
  { script = "await fetch('popped')" },
  { click = "#send" },
  { script = "await fetch('sent')" },
  { click = "#away" },
  { script = "await fetch('gone')" },
  { advance = "20s" },
  { expect = { invitation = { text = "Still here" } } },
]
"##;

#[test]
fn nothing_gets_out_and_each_try_is_told() {
    let scratch = Scratch::new();
    let listener = Listener::silent();
    let other = format!("other.localhost:{}", listener.address.port());
    let page = format!("{PAGE}<script>{}</script>{EMBED}", invites("Still here", 20_000));
    scratch.write("index.html", &page.replace("OTHER", &other));
    scratch.write("worker.js", &WORKER.replace("OTHER", &other));
    scratch.write("scenarios.toml", SCENARIOS);
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(listener.connections(), 0, "{document:#}");
    assert_eq!(results(&document).len(), 2);
    for result in results(&document) {
        let requests = entries(result, "request");
        let blocked = requests.iter().filter(|request| request["fate"] == "blocked");
        let blocked: BTreeSet<_> = blocked.map(|request| request["url"].as_str().unwrap()).collect();
        let http = [
            "style", "script", "image", "frame", "form", "anchor", "popup", "xhr", "fetch", "beacon",
            "worker",
        ];
        let mut expected: BTreeSet<_> = http.iter().map(|what| format!("http://{other}/{what}")).collect();
        expected.insert(format!("ws://{other}/socket"));
        let expected: BTreeSet<_> = expected.iter().map(String::as_str).collect();
        assert_eq!(blocked, expected, "{}", result["browser"]);
        assert_eq!(entries(result, "unfinished"), Vec::<&serde_json::Value>::new(), "{}", result["browser"]);
    }
}

/// Hosts that are named may be asked, in every way.
#[test]
fn a_host_that_is_allowed_is_asked() {
    let scratch = Scratch::new();
    let listener = Listener::with_page("export {};".into());
    let url = format!("http://other.localhost:{}/data", listener.address.port());
    scratch.write(
        "index.html",
        &format!("<!doctype html><script>fetch('{url}', {{ mode: 'no-cors' }}).catch(() => {{}})</script>"),
    );
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"It asks.\"\nsteps = [{ visit = \"index.html\" }, { expect = { page-errors = 0 } }]\n",
    );
    let document = document(&scratch, &["check", "scenarios.toml", "--allow", "other.localhost"], 0);
    for result in results(&document) {
        let asked = entries(result, "request").into_iter().find(|request| request["url"] == *url);
        assert_eq!(asked.map(|asked| &asked["fate"]), Some(&"allowed".into()), "{result:#}");
    }
    assert!(listener.connections() >= 2);
}

/// The browsers have errands of their own, such as settings, the time, or what a form's fields are for.
#[test]
fn a_browser_asks_nothing_on_its_own_account() {
    scratch::need_browsers();
    let scratch = Scratch::new().variable("LCW_LOG", "lcw::check::fence=debug");
    let form = r#"<form><label>Name <input autocomplete="name"></label><label>E-mail <input type="email"></label><label>City <input name="city"></label></form>"#;
    let script = format!("new WebSocket(\"ws://shop.example/\");\n{}", invites("May I help?", 20_000));
    scratch.write("index.html", &format!("{}{form}", page(&script)));
    scratch.write(
        "scenarios.toml",
        r#"
[[scenario]]
id = "a-form"
promise = "It invites after twenty seconds."
steps = [
  { visit = "index.html" },
  { advance = "20s" },
  { expect = { invitation = { text = "May I help?" } } },
]
"#,
    );
    let ended = scratch.run(["check", "scenarios.toml"]).code(0);
    let refused = ended.stderr.lines().filter(|line| line.contains("refused"));
    // The page's own socket gets as far as the fence, so what else does would be told.
    let (pages, others): (Vec<_>, Vec<_>) = refused.partition(|line| line.contains("shop.example"));
    assert_eq!(others, Vec::<&str>::new());
    assert!(!pages.is_empty(), "{}", ended.stderr);
}
