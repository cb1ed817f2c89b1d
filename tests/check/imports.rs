//! What a page imports is there before its time moves on, however long its server takes.

use std::time::Duration;

use crate::listener::Listener;
use crate::scratch::Scratch;
use crate::{document, page, results};

/// A script after five seconds, which waits for ten and an answer, and another one then.
const LATER: &str = "
setTimeout(() => import('./waits.js'), 5_000);
setInterval(() => document.title += '.', 1_000);";

/// How long the server takes for each script: longer than everything else that is waited for takes.
const SLOW: Duration = Duration::from_millis(400);

const SCENARIOS: &str = r##"
[[scenario]]
id = "imported/at-load"
promise = "Whoever stays for 20 seconds is invited."
steps = [
  { visit = "index.html" },
  { advance = "19.999s" },
  { expect = { invitation = false } },
  { advance = "1ms" },
  { expect = { invitation = { text = "Hello", at = "20s" } } },
]

[[scenario]]
id = "imported/in-a-while"
promise = "Whoever stays for 35 seconds is invited."
steps = [
  { visit = "later.html" },
  { advance = "34.999s" },
  { expect = { invitation = false } },
  { advance = "1m" },
  { expect = { invitation = { text = "Still here?", at = "35s" } } },
]

[[scenario]]
id = "imported/at-a-click"
promise = "Whoever asks is invited."
steps = [
  { visit = "index.html" },
  { click = "#ask" },
  { advance = "5s" },
  { expect = { invitation = { text = "Yes?", at = "0s" } } },
]
"##;

fn script(path: &str) -> Option<&'static str> {
    match path {
        "/lazy.js" => {
            Some("import('./invite.js').then(({ invite }) => setTimeout(invite, 20_000, 'Hello'));")
        }
        "/waits.js" => {
            Some("setTimeout(async () => { await fetch('/stock'); import('./later.js'); }, 10_000);")
        }
        "/later.js" => Some(
            "const { invite } = await import('./invite.js');\n\
             setTimeout(invite, 20_000, 'Still here?');",
        ),
        "/asked.js" => Some("import { invite } from './invite.js';\ninvite('Yes?');"),
        "/invite.js" => Some(
            "export const invite = (message) => \
             Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message }, false);",
        ),
        _ => None,
    }
}

#[test]
fn what_a_page_imports_is_waited_for() {
    let index = page("import('./lazy.js');") + "<button id=ask onclick=\"import('./asked.js')\">Ask</button>";
    let later = page(LATER);
    let server = Listener::with_answers(move |path| match script(path) {
        None if path == "/later.html" => ("text/html", later.clone()),
        Some(script) => {
            // The only thing that makes a server slow is time.
            std::thread::sleep(SLOW);
            ("text/javascript", script.to_owned())
        }
        None => ("text/html", index.clone()),
    });
    let scratch = Scratch::new();
    scratch.write("scenarios.toml", SCENARIOS);
    let base = format!("http://localhost:{}/", server.address.port());
    let document = document(&scratch, &["check", "scenarios.toml", "--base-url", &base], 0);
    assert_eq!(results(&document).len(), 6);
}
