//! `--live` leaves a page's own widget alone, and whomever it asks.

use crate::listener::Listener;
use crate::scratch::Scratch;
use crate::{document, entries, results};

/// A hosted widget that asks its maker first, as small as one can be.
const HOSTED: &str = r##"
fetch("http://MAKER/settings", { mode: "no-cors" }).then(
  () => {
    const startProactiveChat = ({ message }) => {
      const html = `<div id="oc-lcw-proactivechat"><p id="oc-lcw-proactivechat-bodytitle"></p></div>`;
      document.body.insertAdjacentHTML("beforeend", html);
      document.querySelector("#oc-lcw-proactivechat-bodytitle").textContent = `${message} (hosted)`;
    };
    window.Microsoft = { Omnichannel: { LiveChatWidget: { SDK: { startProactiveChat } } } };
    dispatchEvent(new Event("lcw:ready"));
  },
  () => {},
);"##;

const PAGE: &str = r#"<!doctype html><meta charset=utf-8><title>Oaks</title><body>
<script>
addEventListener("lcw:ready", () => {
  const { SDK } = Microsoft.Omnichannel.LiveChatWidget;
  setTimeout(() => SDK.startProactiveChat({ message: "Hello" }), 20_000);
});
</script>
<script src="LiveChatBootstrapper.js" id="Microsoft_Omnichannel_LCWidget" data-app-id="00000000-0000-4000-8000-0000000000a1" data-org-id="00000000-0000-4000-8000-0000000000b1" data-org-url="https://oak.crm.dynamics.example"></script>"#;

fn shop(maker: &Listener, message: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("index.html", PAGE);
    scratch.write("LiveChatBootstrapper.js", &HOSTED.replace("MAKER", &maker.address.to_string()));
    let scenario = format!(
        r#"[[scenario]]
id = "after-a-while"
promise = "Visitors are invited after 20 seconds."
steps = [
  {{ visit = "index.html" }},
  {{ advance = "19.999s" }},
  {{ expect = {{ invitation = false }} }},
  {{ advance = "1ms" }},
  {{ expect = {{ invitation = {{ text = "{message}", at = "20s" }}, page-errors = 0 }} }},
]"#
    );
    scratch.write("scenarios.toml", &scenario);
    scratch
}

#[test]
fn a_live_check_leaves_the_widget_and_whom_it_asks_alone() {
    let maker = Listener::with_page("settings".into());
    let scratch = shop(&maker, "Hello (hosted)");
    let document = document(&scratch, &["check", "scenarios.toml", "--live"], 0);
    assert_eq!(results(&document).len(), 2);
    for result in results(&document) {
        let fates = entries(result, "request").into_iter();
        let fate = |name: &str| {
            fates
                .clone()
                .find(|asked| asked["url"].as_str().unwrap().ends_with(name))
                .map(|asked| &asked["fate"])
        };
        assert_eq!(fate("/settings").unwrap(), "allowed");
        assert_eq!(fate("LiveChatBootstrapper.js").unwrap(), "site");
    }
    assert!(maker.connections() >= 2);
}

#[test]
fn any_other_check_puts_the_reference_widget_in_its_place() {
    let maker = Listener::with_page("settings".into());
    let scratch = shop(&maker, "Hello");
    document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(maker.connections(), 0);
}
