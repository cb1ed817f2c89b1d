// The chat SDK that the component is given: the package's own mock, with our settings and a conversation that
// answers.

import { getMockChatSDKIfApplicable } from "@microsoft/omnichannel-chat-widget";

/** @typedef {import("./settings.js").Embed} Embed */
/** @typedef {import("./settings.js").WidgetSettings} WidgetSettings */

const CHAT = { chatId: "chat", visitorId: "visitor", token: "token" };

/** How an adapter's connection status says that it is connected. */
const ONLINE = 2;

/** A survey of one question. */
const SURVEY = {
  type: "AdaptiveCard",
  version: "1.1",
  body: [
    { type: "TextBlock", text: "Before we start", wrap: true },
    { type: "Input.Text", id: "name", label: "Your name", isRequired: true, errorMessage: "Please tell us your name" },
  ],
  actions: [{ type: "Action.Submit", title: "Start chat" }],
};

/**
 * @param {Embed} embed
 * @param {WidgetSettings} settings
 * @returns {any} what the component takes for a chat SDK
 */
export function mockChatSdk({ appId, orgId, orgUrl }, { prechat }) {
  const sdk = getMockChatSDKIfApplicable(/** @type {any} */ (undefined), /** @type {any} */ ({ type: "Test" }));
  const createAdapter = sdk.createChatAdapter;
  return Object.assign(sdk, {
    omnichannelConfig: { orgId, orgUrl, widgetId: appId },
    startChat: async () => {},
    getChatToken: () => CHAT,
    getPreChatSurvey: () => (prechat ? JSON.stringify(SURVEY) : null),
    getCurrentLiveChatContext: () => ({ chatToken: CHAT, requestId: "request" }),
    getConversationDetails: () => ({ state: "Active", conversationId: "conversation", participantType: "User" }),
    createChatAdapter: () => answering(createAdapter()),
    // Asked for in a chat; the mock lacks them.
    onAgentEndSession: async () => {},
    onTypingEvent: async () => {},
    getPostChatSurveyContext: async () => null,
    getDataMaskingRules: async () => ({}),
  });
}

/**
 * An adapter whose other end greets once it is connected, and answers each message.
 * @param {any} adapter which echoes what the visitor writes
 * @returns {any}
 */
function answering(adapter) {
  const say = (/** @type {string} */ text) =>
    adapter.activityObserver.next({
      id: crypto.randomUUID(),
      type: "message",
      from: { id: "agent", name: "Agent", role: "bot" },
      timestamp: new Date().toISOString(),
      text,
    });
  let greeted = false;
  adapter.connectionStatus$.subscribe((/** @type {number} */ status) => {
    if (status === ONLINE && !greeted) {
      greeted = true;
      say("Hello!");
    }
  });
  const post = adapter.postActivity.bind(adapter);
  adapter.postActivity = (/** @type {any} */ activity) => {
    const posted = post(activity);
    if (activity?.type === "message") {
      say("I see.");
    }
    return posted;
  };
  return adapter;
}
