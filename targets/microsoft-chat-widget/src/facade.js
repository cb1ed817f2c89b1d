// Microsoft.Omnichannel.LiveChatWidget.SDK and the lcw:* events, on the package's broadcast events.

import { BroadcastService } from "@microsoft/omnichannel-chat-components";
import { answerPopouts, openPopout } from "./popout.js";

/** @typedef {import("./settings.js").WidgetSettings} WidgetSettings */

/** Which of the package's events become which of the documented ones. */
const EVENTS = {
  NewMessageSent: "lcw:onMessageSent",
  NewMessageReceived: "lcw:onMessageReceived",
  MinimizeChat: "lcw:onMinimize",
  MaximizeChat: "lcw:onMaximize",
  CloseChat: "lcw:onClose",
};

/**
 * Raises an event on the window.
 * @param {string} name such as `lcw:ready`
 * @param {unknown} [detail]
 */
export function raise(name, detail) {
  window.dispatchEvent(new CustomEvent(name, { detail }));
}

/**
 * Puts the SDK where pages look for it.
 * @param {WidgetSettings} settings
 */
export function exposeSdk(settings) {
  /** @type {Window | null} */
  let popout = null;
  for (const [theirs, ours] of Object.entries(EVENTS)) {
    once(theirs, (payload) => raise(ours, payload));
  }
  once("ProactiveChatStartPopoutChat", (payload) => {
    // Each tab of the origin hears this; only in the one where the visitor accepted may a window open.
    if (navigator.userActivation.isActive) {
      popout = openPopout(payload?.enablePrechat === true);
    }
  });
  answerPopouts();

  const SDK = {
    /**
     * @param {any} notificationUIConfig
     * @param {unknown} [showPrechat] documented as true if left out, which the package takes for false
     * @param {any} [options]
     * @returns {void}
     */
    startProactiveChat(notificationUIConfig, showPrechat = true, options = {}) {
      // The package itself does not know the setting.
      if (settings.proactiveChat) {
        post("StartProactiveChat", {
          notificationConfig: notificationUIConfig,
          enablePreChat: showPrechat,
          inNewWindow: options?.inNewWindow,
        });
      }
    },
    /** @returns {void} */
    startChat() {
      post("StartChat", {});
    },
    /** @returns {void} */
    closeChat() {
      popout?.close();
      popout = null;
      post("InitiateEndChat", {});
    },
  };
  /** @type {any} */
  let namespace = window;
  for (const name of ["Microsoft", "Omnichannel", "LiveChatWidget"]) {
    namespace = namespace[name] ??= {};
  }
  namespace.SDK = SDK;
}

/**
 * @param {string} eventName
 * @param {object} payload
 */
function post(eventName, payload) {
  BroadcastService.postMessage({ eventName, payload });
}

/**
 * Hears an event of the package once, however often it is delivered.
 * @param {string} eventName
 * @param {(payload: any) => void} heard
 */
function once(eventName, heard) {
  const known = new Set();
  BroadcastService.getMessageByEventName(eventName).subscribe((/** @type {any} */ { eventId, payload }) => {
    if (!known.has(eventId)) {
      known.add(eventId);
      heard(payload);
    }
  });
}
