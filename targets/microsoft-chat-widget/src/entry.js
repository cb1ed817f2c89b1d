// Microsoft's own widget as a script that a page embeds. The package is a React component that talks over a
// broadcast channel; what Microsoft's hosted script does around it is not published, so what is here is ours:
// mounting it, the SDK and the lcw:* events, and opening windows.

import { BroadcastServiceInitialize } from "@microsoft/omnichannel-chat-components";
import { mockChatSdk } from "./chat-sdk.js";
import { raise, raiseChatEvents } from "./events.js";
import { exposeSdk } from "./facade.js";
import { mount } from "./mount.js";
import { isPopout } from "./popout.js";
import { fetchSettings } from "./settings.js";

const script = /** @type {HTMLScriptElement} */ (document.currentScript);

/** Resolves once the harness wants `lcw:ready` raised; heard from the first moment. */
const fired = new Promise((resolve) => {
  window.addEventListener("lcw-harness:fire-ready", resolve, { once: true });
});

/** @returns {Promise<void>} */
async function start() {
  const { appId = "", orgId = "", orgUrl = "" } = script.dataset;
  const embed = { appId, orgId, orgUrl };
  const settings = await fetchSettings(embed);
  // Once, and here: left to itself the component opens its channel anew at each render and delivers events twice.
  BroadcastServiceInitialize(appId);
  // A window of the chat's own is no page that embeds the widget: SDK and events belong to the page that opened it.
  if (isPopout()) {
    await mount(mockChatSdk(embed, settings), settings);
    return;
  }
  const { atRest, hasChat } = raiseChatEvents();
  await mount(mockChatSdk(embed, settings), settings);
  await atRest;
  if (settings.ready === "harness") {
    await fired;
  }
  exposeSdk(settings, hasChat);
  raise("lcw:ready");
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", start, { once: true });
} else {
  start();
}
