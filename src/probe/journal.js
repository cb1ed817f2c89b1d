// The journal: what a page does that a scenario may be about, each entry with the page's time. It is kept only when
// the harness asks for it, as it stands between a page and what the page uses.

/** @typedef {{ at: number, kind: string } & Record<string, unknown>} JournalEntry */

/** The file name by which pages embed the widget, whatever the host. */
const BOOTSTRAPPER = /\/LiveChatBootstrapper\.js(?:[?#]|$)/;

/** The id of the element that does, whatever its file is called. */
const EMBED_ID = "Microsoft_Omnichannel_LCWidget";

/** The files of the widget that takes the place of the page's. */
const WIDGET = /^(?:LiveChatBootstrapper|widget)\.js\b/;

/** Elements that ask for something. */
const ASKING = "script[src], link[href], img[src], iframe[src]";

/** Features of a window that has no opener. */
const NO_OPENER = /(?:^|[\s,])no(?:opener|referrer)(?:[\s,]|$|=(?!0|no|false))/i;

/** How many entries of a kind are kept until they are taken: what a page repeats without end is not to hide the rest. */
const MOST_OF_A_KIND = 1_000;

/** How many notes of when a page asked for something, of which others know. */
const MOST_ASKS = 5_000;

/** Events in whose handlers pages invite. */
const TRIGGERS = new Set([
  "load", "DOMContentLoaded", "mouseleave", "mouseout", "mouseenter", "mouseover", "mousemove", "pointerleave",
  "scroll", "wheel", "visibilitychange", "blur", "focus", "beforeunload", "pagehide", "popstate", "hashchange", "click",
]);

/** Names under which pages listen that mean `lcw:ready`, that one among them. */
const LIKE_READY = /^lcw[^a-z]*ready$/i;

/** Such a handler as an attribute. */
const ATTRIBUTES = [...TRIGGERS].filter((event) => /^[a-z]+$/.test(event)).map((event) => `on${event}`);

/** Elements with one. */
const HANDLING = ATTRIBUTES.map((name) => `[${name}]`).join();

class Journal {
  /**
   * @param {Realm} realm of the top window
   * @param {Clock} clock
   * @param {() => void} look sees what is shown now
   */
  constructor(realm, clock, look) {
    this.realm = realm;
    this.clock = clock;
    /** @type {string | null} the page that the visitor is said to come from */
    this.referrer = null;
    this.look = look;
    /** @type {JournalEntry[]} */
    this.entries = [];
    /** @type {Map<string, number>} how many there have been of each kind since they were taken */
    this.numbers = new Map();
    /** @type {string | null} the message of the notification that was shown last */
    this.message = null;
    this.prechat = false;
    this.chat = false;
    this.embeds = 0;
    /** Whether the page's own code may have run; before that all is the probe's doing. */
    this.began = false;
    /** @type {string | null} where the widget's files are */
    this.widget = null;
    /** @type {Set<string>} what was told once and need not be told again */
    this.told = new Set();
    /** @type {WeakSet<Function>} methods of the SDK whose calls are noted */
    this.watched = new WeakSet();
    this.gestures = new Gestures(clock);
    this.watchElements();
    this.watchRequests();
    this.watchWindows();
    this.watchListeners();
    this.watchStorage();
  }

  /**
   * What is noted of every window of the page: its own, its frames, and those that it opened.
   * @param {Realm} realm
   */
  follow(realm) {
    watchErrors(this, realm);
    watchDialogs(this, realm);
    watchPolicy(this, realm);
    this.gestures.follow(realm);
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} fields
   */
  add(kind, fields = {}) {
    /** @type {JournalEntry} */
    const entry = { at: this.clock.now(), kind, ...fields };
    const number = (this.numbers.get(kind) ?? 0) + 1;
    this.numbers.set(kind, number);
    const most = kind === "asks" ? MOST_ASKS : MOST_OF_A_KIND;
    if (number <= most) this.entries.push(entry);
    else if (number === most + 1 && kind !== "asks") this.entries.push({ at: entry.at, kind: "left-out", what: kind });
    return entry;
  }

  /** What there is since it was asked for last, in the order of the page's time. */
  take() {
    /** @type {JournalEntry[]} */
    const timers = this.clock.takeUnfinished().map(({ at, what }) => ({ at, kind: "unfinished", what }));
    for (const { at, kind, delay, times, setAt } of this.clock.takeFired()) {
      if (setAt === null || !this.isWidgets(setAt)) timers.push({ at, kind: "timer", timer: kind, delay, times, setAt });
    }
    this.numbers.clear();
    // What a timer did comes after it.
    return [...timers, ...this.entries.splice(0)].sort((a, b) => a.at - b.at);
  }

  /**
   * Adds an entry once for each `key` and place, unless probe or widget are the reason for it.
   * @param {Function} callee what the page called
   * @param {string} key
   * @param {string} kind
   * @param {(place: string) => Record<string, unknown>} fields
   */
  addOnce(callee, key, kind, fields) {
    if (!this.began) return;
    const place = placeOf(traceOf(callee));
    if (place === null || this.told.has(`${key} ${place}`) || this.isWidgets(place)) return;
    this.told.add(`${key} ${place}`);
    this.add(kind, fields(place));
  }

  /** @param {string} place */
  isWidgets(place) {
    if (this.widget === null || !place.startsWith(this.widget)) return false;
    // On the page's own host the page's files may be in the same folder.
    return !this.widget.startsWith(`${this.realm.location.origin}/`) || WIDGET.test(place.slice(this.widget.length));
  }

  /**
   * A `lcw:*` event is about to be dispatched.
   * @param {string} name @param {unknown} detail @param {boolean} onWindow
   */
  heard(name, detail, onWindow) {
    this.add("event", { name, detail: copied(detail), onWindow });
    const isThere = this.watchSdk();
    if (isThere && onWindow && name === "lcw:ready") this.told.add("sdk");
  }

  /**
   * What is seen of the widget has changed.
   * @param {{ message: string } | null} notification
   * @param {{ prechat: boolean, chat: boolean }} view of the page and the windows that it opened
   */
  saw(notification, view) {
    // A widget may have its SDK long before it is ready.
    this.watchSdk();
    const message = notification?.message ?? null;
    if (message !== this.message) {
      if (this.message !== null) this.add("invitation-closed");
      if (message !== null) this.add("invitation-shown", { message });
      this.message = message;
    }
    if (view.prechat && !this.prechat) this.add("prechat-shown");
    if (view.chat && !this.chat) this.add("chat-shown");
    this.prechat = view.prechat;
    this.chat = view.chat;
  }

  /** Notes what elements ask for as they come into the page, the widget's script elements above all. */
  watchElements() {
    const { realm } = this;
    /** Elements that came together with what they are in are found in it, and are told of once more by themselves. */
    const known = new WeakSet();
    const look = (/** @type {Node} */ node) => {
      for (const element of elementsIn(node, HANDLING)) {
        for (const name of element.getAttributeNames()) if (name.startsWith("on")) this.handles(name.slice(2));
      }
      for (const element of elementsIn(node, ASKING)) {
        if (known.has(element)) continue;
        known.add(element);
        const url = /** @type {{ src?: string, href?: string }} */ (element).src ?? /** @type {any} */ (element).href;
        this.add("asks", { url });
        if (!(element instanceof realm.HTMLScriptElement)) continue;
        if (BOOTSTRAPPER.test(url)) this.widget ??= url.slice(0, url.search(BOOTSTRAPPER) + 1);
        else if (element.id !== EMBED_ID) continue;
        this.add("embed", { url, number: ++this.embeds });
      }
    };
    const observer = new realm.MutationObserver((records) => {
      for (const { target, attributeName, addedNodes } of records) {
        // One that was taken away again is none.
        if (attributeName !== null && /** @type {Element} */ (target).hasAttribute(attributeName)) {
          this.handles(attributeName.slice(2));
        }
        addedNodes.forEach(look);
      }
    });
    observer.observe(realm.document, { subtree: true, childList: true, attributeFilter: ATTRIBUTES });
  }

  /** Notes when the page's code asks for something, which the harness only hears of later. */
  watchRequests() {
    const { realm } = this;
    const { fetch } = realm;
    replace(realm, "fetch", (/** @type {[any, any]} */ ...values) => {
      this.add("asks", { url: addressOf(realm, values[0]) });
      return apply(fetch, realm, values);
    });
    const { open } = realm.XMLHttpRequest.prototype;
    const journal = this;
    replace(realm.XMLHttpRequest.prototype, "open", /** @this {XMLHttpRequest} */ function (/** @type {any[]} */ ...values) {
      journal.add("asks", { url: addressOf(realm, values[1]) });
      return apply(open, this, values);
    });
    const { WebSocket } = realm;
    if (!WebSocket) return;
    replace(realm, "WebSocket", new realm.Proxy(WebSocket, {
      construct: (native, values, target) => {
        const socket = Reflect.construct(native, values, target);
        this.add("connects", { url: socket.url });
        return socket;
      },
    }));
  }

  watchWindows() {
    const { realm } = this;
    const open = realm.open;
    /** @type {WeakSet<Window>} */
    const known = new WeakSet();
    replace(realm, "open", (/** @type {[]} */ ...values) => {
      const gesture = this.gestures.state(realm);
      const opened = open.apply(realm, values);
      // `_self` and the name of a frame or of a window lead to one that is there already, which no browser blocks.
      const isNew = opened === null || (opened.top === opened && opened !== realm.top && !known.has(opened));
      if (opened !== null) known.add(opened);
      if (!isNew) return opened;
      const [address, , features] = /** @type {unknown[]} */ (values);
      const url = address === undefined || address === "" ? "about:blank" : addressOf(realm, address);
      // A page that gives a window no opener is not told of it.
      const isUntold = NO_OPENER.test(String(features)) && gesture !== "no";
      this.add("window-opened", { url, gesture, opened: opened !== null || isUntold });
      return opened;
    });
  }

  watchListeners() {
    const { realm } = this;
    const add = realm.EventTarget.prototype.addEventListener;
    const listens = (/** @type {Function} */ callee, /** @type {string} */ event, /** @type {EventTarget | null} */ on = null) => {
      const target = on && targetOf(realm, on);
      this.addOnce(callee, `listens ${event} ${target}`, "listens", (addedAt) => ({ event, target, addedAt }));
    };
    replace(realm.EventTarget.prototype, "addEventListener", /** @this {EventTarget | undefined} */ function listen(
      /** @type {[string, EventListener | null, any]} */ ...values
    ) {
      const [event] = values;
      // Which element it is says nothing of other events, and there are many.
      if (typeof event === "string" && LIKE_READY.test(event)) listens(listen, event, this ?? realm);
      else if (TRIGGERS.has(event)) listens(listen, event);
      return add.apply(this ?? realm, values);
    });

    // The other way to listen: `window.onblur = …`.
    for (const owner of [realm, realm.Document.prototype, realm.HTMLElement.prototype, realm.HTMLBodyElement.prototype]) {
      for (const event of TRIGGERS) {
        const native = Object.getOwnPropertyDescriptor(owner, `on${event}`);
        if (!native?.set || !native.configurable) continue;
        const { set } = native;
        Object.defineProperty(owner, `on${event}`, {
          ...native,
          /** @this {unknown} */
          set: function listen(/** @type {unknown} */ handler) {
            if (typeof handler === "function") listens(listen, event);
            set.call(this ?? realm, handler);
          },
        });
      }
    }
  }

  /** An element came with a handler of this event as an attribute; where in the page it is nobody knows. @param {string} event */
  handles(event) {
    if (!TRIGGERS.has(event) || this.told.has(`handles ${event}`)) return;
    this.told.add(`handles ${event}`);
    this.add("listens", { event, addedAt: null });
  }

  watchStorage() {
    const { realm, clock } = this;
    const journal = this;
    const reads = (/** @type {Function} */ callee, /** @type {string} */ what, /** @type {string | null} */ key) =>
      this.addOnce(callee, `reads ${what} ${key}`, "reads", () => ({ what, key }));

    const { get, set } = /** @type {Required<PropertyDescriptor>} */ (
      Object.getOwnPropertyDescriptor(realm.Document.prototype, "cookie")
    );
    Object.defineProperty(realm.Document.prototype, "cookie", {
      configurable: true,
      enumerable: true,
      get: /** @this {Document} */ function cookie() {
        reads(cookie, "cookie", null);
        return get.call(this);
      },
      set: /** @this {Document} */ function setCookie(/** @type {unknown} */ value) {
        const cookie = parseCookie(String(value));
        const name = cookie.name || cookie.pair.trim();
        const end = endOf(cookie, clock.date());
        const expired = end !== null && end <= clock.date();
        // Without a value, or with no age, it is meant to be gone.
        const isRemoved = expired && (cookie.value === "" || lastOf(cookie.attributes, "max-age") !== null);
        if (!isRemoved) {
          journal.addOnce(setCookie, `cookie ${value}`, "cookie-set", (setAt) => ({ name, expired, setAt }));
        }
        set.call(this, value);
      },
    });

    const getItem = realm.Storage.prototype.getItem;
    replace(realm.Storage.prototype, "getItem", /** @this {Storage} */ function item(/** @type {string} */ key) {
      reads(item, this === realm.sessionStorage ? "sessionStorage" : "localStorage", String(key));
      return getItem.call(this, key);
    });

    const referrer = Object.getOwnPropertyDescriptor(realm.Document.prototype, "referrer")?.get;
    if (referrer) {
      Object.defineProperty(realm.Document.prototype, "referrer", {
        configurable: true,
        enumerable: true,
        get: /** @this {Document} */ function referrerOf() {
          reads(referrerOf, "referrer", null);
          // Whoever led here from another origin is named by the browser.
          return referrer.call(this) || (journal.referrer ?? "");
        },
      });
    }

    const geolocation = realm.Geolocation?.prototype;
    for (const method of /** @type {const} */ (["getCurrentPosition", "watchPosition"])) {
      const native = /** @type {((...values: unknown[]) => unknown) | undefined} */ (geolocation?.[method]);
      if (!native) continue;
      replace(geolocation, method, /** @this {Geolocation} */ function locate(/** @type {unknown[]} */ ...values) {
        reads(locate, "geolocation", null);
        return native.apply(this, values);
      });
    }
  }

  /** Whether an invitation is shown or a chat is. */
  isBusy() {
    this.look();
    return this.message !== null || this.prechat || this.chat;
  }

  /** Notes every call of the SDK from now on; answers whether there is one. */
  watchSdk() {
    if (this.told.has("sdk")) return true;
    /** @type {Record<string, unknown> | undefined} */
    const sdk = /** @type {any} */ (this.realm).Microsoft?.Omnichannel?.LiveChatWidget?.SDK;
    if (typeof sdk !== "object" || sdk === null) return false;
    for (const method of Object.keys(sdk)) {
      const native = attempt(() => sdk[method]);
      if (typeof native !== "function" || this.watched.has(native)) continue;
      const called = (/** @type {unknown[]} */ ...values) => {
        const call = { method, arguments: values.map(shown), calledAt: placeOf(traceOf(called)), busy: this.isBusy() };
        const entry = this.add("call", call);
        try {
          return native.apply(sdk, values);
        } catch (error) {
          entry.threw = describe(error);
          throw error;
        }
      };
      this.watched.add(called);
      // A page may have frozen it; then nothing is known of its calls.
      attempt(() => Reflect.set(sdk, method, called));
    }
    return true;
  }
}

/**
 * An argument as it is told: what JSON has not is text.
 * @param {unknown} value
 */
function shown(value) {
  if (value === undefined || typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    return typeof value;
  }
  return copied(value);
}

/**
 * What an event is raised on, or listened to.
 * @param {Realm} realm of the top window
 * @param {EventTarget} target
 */
function targetOf(realm, target) {
  if (target === realm) return "window";
  return "nodeType" in target && target.nodeType === 9 ? "document" : "other";
}
