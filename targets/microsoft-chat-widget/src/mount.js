// Mounts the package's component.

import { LiveChatWidget } from "@microsoft/omnichannel-chat-widget";
import { createElement, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { isPopout, popoutWantsSurvey } from "./popout.js";

/** @typedef {import("./settings.js").WidgetSettings} WidgetSettings */

/** The component names languages as Windows does. */
const LOCALE_IDS = new Map([
  ["en-US", "1033"],
  ["de-DE", "1031"],
  ["ja-JP", "1041"],
  ["ar-SA", "1025"],
  ["he-IL", "1037"],
]);

/**
 * @param {any} chatSDK
 * @param {WidgetSettings} settings
 * @returns {Promise<void>} once the component hears broadcast events
 */
export function mount(chatSDK, { locale }) {
  const container = document.createElement("div");
  container.id = "oc-lcw-container";
  document.body.append(container);
  const inWindow = isPopout();
  /** @type {any} */
  const props = {
    chatSDK,
    chatConfig: {
      ChatWidgetLanguage: { msdyn_localeid: LOCALE_IDS.get(locale) ?? "1033" },
      LiveWSAndLiveChatEngJoin: {},
    },
    controlProps: {
      skipBroadcastChannelInit: true,
      // In a window of its own the chat begins by itself.
      hideStartChatButton: inWindow,
      hidePreChatSurveyPane: inWindow && !popoutWantsSurvey(),
    },
    styleProps: {
      generalStyles: inWindow
        ? { width: "100%", height: "100%" }
        : { position: "fixed", bottom: "20px", right: "20px", width: "400px", height: "600px", justifyContent: "flex-end" },
    },
    telemetryConfig: { chatWidgetVersion: "1.8.3", chatComponentVersion: "1.1.15", disableConsoleLog: true },
  };
  return new Promise((resolve) => {
    const Mounted = () => {
      // The effects of a component run after those of what is in it, and those are what listens.
      useEffect(() => resolve(), []);
      return createElement(LiveChatWidget, props);
    };
    createRoot(container).render(createElement(Mounted));
  });
}
