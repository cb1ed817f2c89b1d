// Microsoft.Omnichannel.LiveChatWidget.SDK, on the package's broadcast events.

import { BroadcastService } from "@microsoft/omnichannel-chat-components";
import { hearPopoutChat, once, raise } from "./events.js";
import { answerPopouts, openPopout } from "./popout.js";

/** @typedef {import("./settings.js").WidgetSettings} WidgetSettings */

/**
 * Puts the SDK where pages look for it.
 * @param {WidgetSettings} settings
 * @param {() => boolean} hasChat whether there is a chat in the page
 */
export function exposeSdk(settings, hasChat) {
  /** @type {Window | null} */
  let popout = null;
  once("ProactiveChatStartPopoutChat", (payload) => {
    // Each tab of the origin hears this; only in the one where the visitor accepted may a window open.
    if (navigator.userActivation.isActive) {
      popout = openPopout(payload?.enablePrechat === true);
    }
  });
  answerPopouts();
  let popoutHasChat = false;
  /** @type {Window | null} closes once its chat has ended */
  let closing = null;
  hearPopoutChat((active) => {
    popoutHasChat = active;
    if (!active) {
      closing?.close();
      closing = null;
    }
  });

  const SDK = {
    /**
     * @param {unknown} notificationUIConfig
     * @param {unknown} [showPrechat] documented as true if left out, which the package takes for false
     * @param {unknown} [options]
     * @returns {void}
     */
    startProactiveChat(notificationUIConfig, showPrechat = true, options = {}) {
      // The package itself does not know the setting.
      if (settings.proactiveChat) {
        post("StartProactiveChat", {
          notificationConfig: notificationUIConfig,
          enablePreChat: showPrechat,
          inNewWindow: property(options, "inNewWindow"),
        });
      }
    },
    /**
     * @param {unknown} [options] the package opens no window for it
     * @returns {void}
     */
    startChat(options = {}) {
      if (property(options, "inNewWindow") === true && !hasChat()) {
        raise("lcw:startChat");
        popout = openPopout(settings.prechat);
      } else {
        post("StartChat", {});
      }
    },
    /** @returns {void} */
    closeChat() {
      if (popoutHasChat) {
        // Asked again before the chat has ended, the window is still to be closed.
        closing ??= popout;
      } else {
        popout?.close();
      }
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
 * A property of something that should be an object but may be anything; a getter that throws counts as absent.
 * @param {unknown} object
 * @param {string} name
 * @returns {unknown}
 */
function property(object, name) {
  try {
    return /** @type {any} */ (object)?.[name];
  } catch {
    return undefined;
  }
}
