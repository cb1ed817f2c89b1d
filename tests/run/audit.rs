//! What `lcw audit` finds, and what it must not find.

use crate::scratch::{Scratch, need_browsers};

/// A page that brings in its widget together with the element around it, once.
const CONTAINER: &str = r#"<!doctype html><meta charset="utf-8"><title>Pines</title><body><script>
  addEventListener("lcw:ready", () =>
    Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Trees?" }, false));
  const container = document.createElement("div");
  document.body.append(container);
  const embed = Object.assign(document.createElement("script"), {
    id: "Microsoft_Omnichannel_LCWidget",
    src: "https://oc-cdn-public.azureedge.net/livechatwidget/scripts/LiveChatBootstrapper.js",
  });
  Object.assign(embed.dataset, { appId: "a", orgId: "b", orgUrl: "https://pine.example" });
  container.append(embed);
</script>"#;

#[test]
fn a_widget_that_comes_with_the_element_around_it_is_one() {
    need_browsers();
    let scratch = Scratch::new();
    scratch.write("index.html", CONTAINER);
    let ended = scratch.run(["audit", "index.html", "--browser", "chromium"]);
    assert!(ended.stdout.contains("invites"), "{ended:?}");
    assert!(!ended.stdout.contains("embed-twice"), "{ended:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
