// Looks at one window: which parts of the widget it shows and where they are.

/** @typedef {Window & typeof globalThis} Realm */

/**
 * What to look for, as CSS selectors.
 * @typedef {object} Selectors
 * @property {string} notification
 * @property {string} message
 * @property {string} accept
 * @property {string} dismiss
 * @property {string} prechat
 * @property {string} submit the survey's submit button
 * @property {string} chat
 * @property {string} input the chat's message box
 * @property {string} send
 * @property {string} chatButton
 * @property {string} minimize of the survey or the chat
 * @property {string} close of the chat
 */

/** @typedef {{ x: number, y: number }} Point */

class Watcher {
  /**
   * @param {Realm} realm
   * @param {Selectors} selectors
   * @param {() => void} changed told whenever something in the window may look different
   */
  constructor(realm, selectors, changed) {
    this.realm = realm;
    this.selectors = selectors;
    this.changed = changed;
    /** @type {Document | null} */
    this.document = null;
    this.observer = new realm.MutationObserver(changed);
    for (const type of ["DOMContentLoaded", "load", "resize", "pageshow", "focusin", "focusout", "transitionend", "animationend"]) {
      realm.addEventListener(type, () => this.attach(), true);
    }
    this.attach();
  }

  /** Watches the window's document; a window may get another one while its global object stays. */
  attach() {
    if (this.document !== this.realm.document) {
      this.document = this.realm.document;
      this.observer.disconnect();
      if (this.document) {
        this.observer.observe(this.document, { subtree: true, childList: true, attributes: true, characterData: true });
      }
    }
    this.changed();
  }

  /**
   * The first shown element of a part.
   * @param {keyof Selectors} part
   * @returns {HTMLElement | null}
   */
  find(part) {
    return this.all(part)[0] ?? null;
  }

  /**
   * How many elements of a part are shown.
   * @param {keyof Selectors} part
   */
  count(part) {
    return this.all(part).length;
  }

  /**
   * @param {keyof Selectors} part
   * @returns {HTMLElement[]}
   */
  all(part) {
    const document = this.realm.document;
    if (!document) return [];
    const found = /** @type {Iterable<HTMLElement>} */ (document.querySelectorAll(this.selectors[part]));
    return [...found].filter(isShown);
  }

  /** The notification as the contract describes it, or null. */
  notification() {
    const pane = this.find("notification");
    if (!pane) return null;
    const message = this.find("message");
    return {
      message: message?.textContent ?? "",
      elementsInMessage: message?.querySelectorAll("*").length ?? 0,
      direction: this.realm.getComputedStyle(pane).direction,
      label: pane.getAttribute("aria-label") ?? "",
      canAccept: this.point("accept") !== null,
      canDismiss: this.point("dismiss") !== null,
    };
  }

  /** Which panes are shown. */
  view() {
    return {
      chatButton: this.find("chatButton") !== null,
      prechat: this.find("prechat") !== null,
      chat: this.find("chat") !== null,
    };
  }

  /**
   * The part that has the focus inside this window's document.
   * @returns {string | null}
   */
  focus() {
    const active = this.realm.document?.activeElement;
    if (!active) return null;
    const parts = /** @type {const} */ ([
      ["accept", "accept"],
      ["dismiss", "dismiss"],
      ["chatButton", "chat-button"],
      ["prechat", "prechat"],
      ["chat", "chat"],
    ]);
    for (const [part, name] of parts) if (this.find(part)?.contains(active)) return name;
    return null;
  }

  /**
   * Where a person would press a part, in the top window's viewport; null when it cannot be pressed
   * there: disabled, outside the viewport, or covered.
   * @param {keyof Selectors} part
   * @returns {Point | null}
   */
  point(part) {
    const element = this.find(part);
    return element ? pressablePoint(element) : null;
  }

  /**
   * The survey's fields that a visitor has to fill in.
   * @returns {HTMLElement[]}
   */
  surveyFields() {
    const pane = this.find("prechat");
    if (!pane) return [];
    const fields = /** @type {Iterable<HTMLElement>} */ (pane.querySelectorAll("input, textarea, select"));
    return [...fields].filter(isShown);
  }
}

/**
 * Whether a person could see the element: it and each frame on the way to the top has a size, and nothing
 * makes it invisible. What it is covered by is another question.
 * @param {Element} element
 * @returns {boolean}
 */
function isShown(element) {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  const { width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) return false;
  const frame = element.ownerDocument.defaultView?.frameElement;
  return !frame || isShown(frame);
}

/**
 * @param {HTMLElement} element
 * @returns {Point | null}
 */
function pressablePoint(element) {
  if ("disabled" in element && element.disabled) return null;
  const rect = element.getBoundingClientRect();
  let x = rect.left + rect.width / 2;
  let y = rect.top + rect.height / 2;
  let realm = /** @type {Realm | null} */ (element.ownerDocument.defaultView);
  const hit = element.ownerDocument.elementFromPoint(x, y);
  if (!hit || !element.contains(hit)) return null;
  while (realm?.frameElement) {
    const frame = /** @type {HTMLElement} */ (realm.frameElement);
    const outer = frame.getBoundingClientRect();
    x += outer.left + frame.clientLeft;
    y += outer.top + frame.clientTop;
    if (frame.ownerDocument.elementFromPoint(x, y) !== frame) return null;
    realm = /** @type {Realm | null} */ (frame.ownerDocument.defaultView);
  }
  const inside = realm && x >= 0 && y >= 0 && x < realm.innerWidth && y < realm.innerHeight;
  return inside ? { x: Math.floor(x), y: Math.floor(y) } : null;
}
