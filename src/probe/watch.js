// Looks at one window: which parts of the widget it shows and where they are.

/** @typedef {Window & typeof globalThis} Realm */

/**
 * What to look for, as CSS selectors, in which `>>>` enters a frame or a shadow root.
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

/** @type {MutationObserverInit} */
const EVERYTHING = { subtree: true, childList: true, attributes: true, characterData: true };

class Watcher {
  /**
   * @param {Realm} realm
   * @param {Selectors} selectors
   * @param {Roots} roots
   * @param {() => void} changed told whenever something in the window may look different
   */
  constructor(realm, selectors, roots, changed) {
    this.realm = realm;
    this.roots = roots;
    this.steps = /** @type {Record<keyof Selectors, string[]>} */ (
      Object.fromEntries(Object.entries(selectors).map(([part, selector]) => [part, stepsOf(selector)]))
    );
    /** @type {Set<ShadowRoot>} those that are watched */
    this.watched = new Set();
    /** @type {WeakSet<Animation>} those whose end is waited for */
    this.animations = new WeakSet();
    this.changed = changed;
    /** @type {Document | null} */
    this.document = null;
    this.observer = new realm.MutationObserver(changed);
    for (const type of ["DOMContentLoaded", "load", "resize", "pageshow", "focusin", "focusout", "transitionend", "animationend"]) {
      listen(realm, realm, type, () => this.attach(), true);
    }
    this.attach();
  }

  /** Watches the window's document; a window may get another one while its global object stays. */
  attach() {
    if (this.document !== this.realm.document) {
      this.document = this.realm.document;
      this.observer.disconnect();
      this.watched.clear();
      if (this.document) {
        this.observer.observe(this.document, EVERYTHING);
      }
    }
    this.changed();
  }

  /**
   * What is inside of an element. A shadow root that is entered is watched from then on: nothing that happens
   * in it is seen from outside.
   * @param {Element} element
   */
  enter(element) {
    const inside = this.roots.inside(element);
    if (inside && "host" in inside && !this.watched.has(inside)) {
      this.watched.add(inside);
      this.observer.observe(inside, EVERYTHING);
      for (const type of ["focusin", "focusout", "transitionend", "animationend"]) {
        inside.addEventListener(type, this.changed, true);
      }
    }
    return inside;
  }

  /** Has it looked again when an animation ends that runs now. Those that scripts begin tell nobody by an event. */
  followAnimations() {
    for (const root of [this.realm.document, ...this.watched]) {
      for (const animation of root?.getAnimations() ?? []) {
        if (this.animations.has(animation)) continue;
        this.animations.add(animation);
        animation.finished.then(this.changed, this.changed);
      }
    }
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
    return this.matching(part).filter((element) => isShown(element, this.roots));
  }

  /**
   * The elements of a part, shown or not.
   * @param {keyof Selectors} part
   * @returns {HTMLElement[]}
   */
  matching(part) {
    const { document } = this.realm;
    if (!document) return [];
    const [first, ...rest] = this.steps[part];
    let found = [...document.querySelectorAll(first)];
    for (const step of rest) found = found.flatMap((element) => [...(this.enter(element)?.querySelectorAll(step) ?? [])]);
    return /** @type {HTMLElement[]} */ (found);
  }

  /**
   * The notification as the contract describes it, or null.
   * @param {(part: keyof Selectors) => HTMLElement | null} find looks in the whole page, as a part may be found
   *   from another window than the pane
   */
  notification(find) {
    const pane = this.find("notification");
    if (!pane) return null;
    const message = find("message");
    const canBePressed = (/** @type {HTMLElement | null} */ button) => button !== null && pressablePoint(button, this.roots) !== null;
    return {
      message: message?.textContent ?? "",
      elementsInMessage: message?.querySelectorAll("*").length ?? 0,
      direction: this.realm.getComputedStyle(pane).direction,
      label: labelOf(pane),
      canAccept: canBePressed(find("accept")),
      canDismiss: canBePressed(find("dismiss")),
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
    const active = this.realm.document && this.roots.focused(this.realm.document);
    if (!active) return null;
    const parts = /** @type {const} */ ([
      ["accept", "accept"],
      ["dismiss", "dismiss"],
      ["chatButton", "chat-button"],
      ["prechat", "prechat"],
      ["chat", "chat"],
    ]);
    for (const [part, name] of parts) {
      const element = this.find(part);
      if (element && surrounds(element, active)) return name;
    }
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
    return element ? pressablePoint(element, this.roots) : null;
  }

  /**
   * The survey's fields that a visitor can fill in.
   * @returns {HTMLElement[]}
   */
  surveyFields() {
    const pane = this.find("prechat");
    if (!pane) return [];
    const fields = this.roots.everywhere(this.roots.inside(pane) ?? pane, "input, textarea, select");
    return fields.filter((field) => {
      if (field.matches(":disabled") || ("readOnly" in field && field.readOnly)) return false;
      // A box that a page draws itself has the real one before it, transparent.
      const isBox = field.matches("[type=checkbox], [type=radio]") && field.checkVisibility({ visibilityProperty: true });
      return isBox ? field.offsetWidth > 0 && field.offsetHeight > 0 : isShown(field, this.roots);
    });
  }
}

/**
 * What a screen reader calls an element by its own attributes, in the order in which browsers look at them.
 * @param {Element} element
 */
function labelOf(element) {
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  const ids = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const referred = ids.map((id) => root.getElementById(id)).map((each) => each?.getAttribute("aria-label") ?? each?.textContent ?? "");
  const candidates = [referred.join(" "), element.getAttribute("aria-label"), element.getAttribute("title")];
  return candidates.find((text) => text?.trim()) ?? "";
}

/**
 * Whether a person could see the element: it or something in it has a size, as each frame on the way to the top has, and
 * nothing makes it invisible. What it is covered by is another question.
 * @param {Element} element
 * @param {Roots} roots
 * @returns {boolean}
 */
function isShown(element, roots) {
  const frame = element.ownerDocument.defaultView?.frameElement;
  return hasVisibleBox(element, roots) && (!frame || isShown(frame, roots));
}

/**
 * @param {Element} element
 * @param {Roots} roots
 * @returns {boolean}
 */
function hasVisibleBox(element, roots) {
  const isVisible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const { width, height } = element.getBoundingClientRect();
  if (isVisible && width > 0 && height > 0) return true;
  // Without a box of its own, or with an empty one that cuts nothing off, it is seen by what is in it.
  const { display, overflow } = styleOf(element);
  if (display !== "contents" && !(isVisible && overflow === "visible")) return false;
  return [...(roots.shadow(element) ?? element).children].some((child) => hasVisibleBox(child, roots));
}

/** @param {Element} element */
function styleOf(element) {
  const realm = /** @type {Realm} */ (element.ownerDocument.defaultView ?? window);
  return realm.getComputedStyle(element);
}

/**
 * @param {Element} element
 * @param {Roots} roots
 * @returns {Point | null}
 */
function pressablePoint(element, roots) {
  if ("disabled" in element && element.disabled) return null;
  // The middle of what is broken into lines may be beside all of them.
  const boxes = [element.getBoundingClientRect(), ...element.getClientRects()];
  return first(boxes, (box) => pressableAt(element, roots, box.left + box.width / 2, box.top + box.height / 2));
}

/**
 * A point of an element in the coordinates of the page, if a visitor can press the element there.
 * @param {Element} element
 * @param {Roots} roots
 * @param {number} x in its window
 * @param {number} y
 * @returns {Point | null}
 */
function pressableAt(element, roots, x, y) {
  let realm = /** @type {Realm | null} */ (element.ownerDocument.defaultView);
  if (!surrounds(element, roots.hit(element.ownerDocument, x, y))) return null;
  while (realm?.frameElement) {
    const frame = /** @type {HTMLElement} */ (realm.frameElement);
    const outer = frame.getBoundingClientRect();
    // A page may show a frame in another size than it has within.
    x = outer.left + (frame.clientLeft + x) * (outer.width / frame.offsetWidth);
    y = outer.top + (frame.clientTop + y) * (outer.height / frame.offsetHeight);
    if (roots.hit(frame.ownerDocument, x, y) !== frame) return null;
    realm = /** @type {Realm | null} */ (frame.ownerDocument.defaultView);
  }
  const inside = realm && x >= 0 && y >= 0 && x < realm.innerWidth && y < realm.innerHeight;
  return inside ? { x: Math.floor(x), y: Math.floor(y) } : null;
}
