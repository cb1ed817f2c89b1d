// The chat SDK that the component is given: the package's own mock, with our settings and a conversation that
// answers.

import { getMockChatSDKIfApplicable } from "@microsoft/omnichannel-chat-widget";

/** @typedef {import("./settings.js").Embed} Embed */
/** @typedef {import("./settings.js").WidgetSettings} WidgetSettings */

const CHAT = { chatId: "chat", visitorId: "visitor", token: "token" };

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
  /** @type {((text: string) => void) | undefined} what the other end says; the chat begins with a greeting */
  let say;
  /** A chat that was begun by an earlier page has been greeted there. */
  let isBegun = false;
  return Object.assign(sdk, {
    omnichannelConfig: { orgId, orgUrl, widgetId: appId },
    startChat: async (/** @type {{ liveChatContext?: unknown } | undefined} */ options) => {
      isBegun = options?.liveChatContext === undefined;
    },
    getChatToken: () => CHAT,
    getPreChatSurvey: () => (prechat ? JSON.stringify(SURVEY) : null),
    getCurrentLiveChatContext: () => ({ chatToken: CHAT, requestId: "request" }),
    getConversationDetails: () => ({
      state: "Active",
      conversationId: "conversation",
      participantType: "User",
      canRenderPostChat: "False",
    }),
    createChatAdapter: () => {
      const adapter = createAdapter();
      say = speaker(adapter);
      answer(adapter, say);
      return adapter;
    },
    // Called once the chat is open and listens.
    onNewMessage: async () => {
      if (isBegun) say?.("Hello!");
    },
    // Asked for in a chat; the mock lacks them.
    onAgentEndSession: async () => {},
    onTypingEvent: async () => {},
    getPostChatSurveyContext: async () => null,
    getDataMaskingRules: async () => ({}),
  });
}

/**
 * The other end's way to say something.
 * @param {any} adapter
 * @returns {(text: string) => void}
 */
function speaker(adapter) {
  return (text) =>
    adapter.activityObserver.next({
      id: crypto.randomUUID(),
      type: "message",
      from: { id: "agent", name: "Agent", role: "bot" },
      timestamp: new Date().toISOString(),
      text,
    });
}

/**
 * Has each message answered.
 * @param {any} adapter which echoes what the visitor writes
 * @param {(text: string) => void} say
 */
function answer(adapter, say) {
  const post = adapter.postActivity.bind(adapter);
  adapter.postActivity = (/** @type {any} */ activity) => {
    const posted = post(activity);
    if (activity?.type === "message") {
      say("I see.");
    }
    return posted;
  };
}
