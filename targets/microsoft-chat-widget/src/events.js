// The lcw:* events of a chat. The component tells of messages, and of a chat that it took from its cache, by events of its
// own. Of the rest of a chat's life it publishes nothing but its state, whenever that changes: what has happened is
// read from the difference.

import { BroadcastService } from "@microsoft/omnichannel-chat-components";
import { ConversationState } from "@microsoft/omnichannel-chat-widget";

/** Which of the package's events are one of the documented ones. */
const EVENTS = {
  NewMessageSent: "lcw:onMessageSent",
  NewMessageReceived: "lcw:onMessageReceived",
  ChatRetrievedFromCache: "lcw:chatRetrieved",
};

/** States that the component comes to rest in after it was mounted, which it may be with one of an earlier page. */
const AT_REST = new Set([ConversationState.Closed, ConversationState.Active]);

/** States in which there is no chat. */
const NO_CHAT = new Set([ConversationState.Closed, ConversationState.ProactiveChat, ConversationState.OutOfOffice]);

/**
 * What the component's state says of the chat.
 * @typedef {object} ChatState
 * @property {number} conversationState one of `ConversationState`
 * @property {boolean} [isMinimized] unknown before the first chat
 */

/**
 * Raises an event on the window.
 * @param {string} name such as `lcw:ready`
 * @param {unknown} [detail]
 */
export function raise(name, detail) {
  window.dispatchEvent(new CustomEvent(name, { detail }));
}

/**
 * Raises the events of a chat from now on. To be called before the component is mounted, or some are missed.
 * @returns {{ atRest: Promise<void>, hasChat: () => boolean }} when the component can be asked for something, and whether
 *   there is a chat in the page, shown or not
 */
export function raiseChatEvents() {
  for (const [theirs, ours] of Object.entries(EVENTS)) {
    once(theirs, (payload) => raise(ours, payload));
  }
  let retrieved = false;
  once("ChatRetrievedFromCache", () => {
    retrieved = true;
  });
  /** @type {ChatState | undefined} */
  let before;
  /** @type {() => void} */
  let rests;
  /** @type {Promise<void>} */
  const atRest = new Promise((resolve) => {
    rests = resolve;
  });
  heard(
    // A chat in a window of its own publishes its state on the same channel, and is known by having no chat button.
    ({ payload }) => payload?.appStates?.hideStartChatButton === false,
    ({ appStates }) => {
      for (const name of changes(before ?? appStates, appStates)) {
        if (name === "lcw:chatQueued" && retrieved) {
          continue;
        }
        raise(name);
      }
      if (NO_CHAT.has(appStates.conversationState)) {
        retrieved = false;
      }
      if (AT_REST.has(appStates.conversationState)) {
        rests();
      }
      before = appStates;
    },
  );
  return { atRest, hasChat: () => before !== undefined && !NO_CHAT.has(before.conversationState) };
}

/**
 * Hears of the chat in a window of its own, which only the component in that window can end: it keeps that there is
 * one, and a later invitation would turn to it for as long as it does.
 * @param {(active: boolean) => void} hear whether that chat goes on, each time that its component's state changes
 */
export function hearPopoutChat(hear) {
  heard(
    ({ payload }) => payload?.appStates?.hideStartChatButton === true,
    ({ appStates }) => hear(appStates.conversationState === ConversationState.Active),
  );
}

/**
 * The events that tell of what is different.
 * @param {ChatState} before
 * @param {ChatState} after
 * @returns {string[]}
 */
function changes(before, after) {
  const was = !NO_CHAT.has(before.conversationState);
  const is = !NO_CHAT.has(after.conversationState);
  const { Active } = ConversationState;
  const names = [];
  if (!was && is) {
    names.push("lcw:startChat");
  }
  if (before.conversationState !== Active && after.conversationState === Active) {
    names.push("lcw:chatQueued");
  }
  if (was && is && before.isMinimized !== after.isMinimized) {
    names.push(after.isMinimized ? "lcw:onMinimize" : "lcw:onMaximize");
  }
  if (was && !is) {
    names.push("lcw:onClose", "lcw:closeChat");
  }
  return names;
}

/**
 * Hears an event of the package once, however often it is delivered.
 * @param {string} eventName
 * @param {(payload: any) => void} hear
 */
export function once(eventName, hear) {
  heard((event) => event.eventName === eventName, hear);
}

/**
 * Hears each of these events once, however often it is delivered.
 * @param {(event: any) => boolean} wanted
 * @param {(payload: any) => void} hear
 */
function heard(wanted, hear) {
  const known = new Set();
  BroadcastService.getAnyMessage().subscribe((/** @type {any} */ event) => {
    if (wanted(event) && !known.has(event.eventId)) {
      known.add(event.eventId);
      hear(event.payload);
    }
  });
}
