// A chat widget that somebody wrote by hand: everything is in one shadow root, and nothing is named as in
// the reference widget. It is embedded as the documentation says and reads its settings at its organisation's
// end; its conversation is a dummy.
{
  const script = document.currentScript;
  const host = document.createElement("chat-box");
  const root = host.attachShadow({ mode: "closed" });
  root.innerHTML = `<style>
    :host { position: fixed; right: 16px; bottom: 16px; width: 320px; font: 16px sans-serif }
    .card { background: white; border: 1px solid gray; padding: 12px }
    .text { max-height: 200px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere }
  </style><div class="stage"></div>`;
  const stage = root.querySelector(".stage");

  const raise = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));
  const show = (html) => {
    stage.innerHTML = html;
    return (selector) => stage.querySelector(selector);
  };

  let settings;
  let busy = false;
  let minute;

  function idle(withFocus) {
    busy = false;
    const find = show(`<button class="bubble">Chat</button>`);
    find(".bubble").onclick = () => begin(true);
    if (withFocus) find(".bubble").focus();
  }

  function invite(message, wantsSurvey, inNewWindow) {
    busy = true;
    const find = show(`<div class="card" role="dialog" aria-label="Invitation" dir="${settings.direction}">
      <p class="text"></p><button class="yes">Yes, please</button> <button class="no">No, thanks</button></div>`);
    find(".text").textContent = message;
    const close = (withFocus) => {
      clearTimeout(minute);
      idle(withFocus);
    };
    find(".yes").onclick = () => {
      clearTimeout(minute);
      if (!inNewWindow) return begin(wantsSurvey);
      idle(true);
      const popup = window.open(`${location.pathname}?standalone=${wantsSurvey ? "survey" : "chat"}`, "", "popup");
      busy = popup !== null;
    };
    find(".no").onclick = () => close(true);
    find(".card").onkeydown = (event) => event.key === "Escape" && close(true);
    find(".yes").focus();
    minute = setTimeout(close, 60_000);
  }

  function begin(wantsSurvey) {
    busy = true;
    if (!wantsSurvey || !settings.prechat) return chat();
    const find = show(`<form class="card questions"><label>Name <input required></label> <button>Go on</button></form>`);
    find("form").onsubmit = (event) => {
      event.preventDefault();
      chat();
    };
  }

  function chat() {
    busy = true;
    const find = show(`<form class="card talk"><ol></ol><input aria-label="Message"> <button>Send</button></form>`);
    const say = (text) => find("ol").append(Object.assign(document.createElement("li"), { textContent: text }));
    const answer = (text) => {
      say(text);
      raise("lcw:onMessageReceived", { messageType: "user" });
    };
    answer("Hello!");
    find("form").onsubmit = (event) => {
      event.preventDefault();
      say(find("input").value);
      find("input").value = "";
      raise("lcw:onMessageSent");
      queueMicrotask(() => answer("I see."));
    };
  }

  async function start() {
    const { orgUrl, orgId, appId } = script.dataset;
    settings = await (await fetch(`${orgUrl}/livechatconnector/config/${orgId}/${appId}`)).json();
    document.body.append(host);
    const standalone = new URLSearchParams(location.search).get("standalone");
    if (standalone) return standalone === "survey" ? begin(true) : chat();
    idle();
    const SDK = {
      startProactiveChat(config, showPrechat = true, options = {}) {
        if (busy || !settings.proactiveChat) return;
        invite(config.message || "Hi! Have any questions? I am here to help.", showPrechat, options.inNewWindow);
      },
    };
    window.Microsoft = { Omnichannel: { LiveChatWidget: { SDK } } };
    raise("lcw:ready");
  }
  addEventListener("DOMContentLoaded", start);
}
