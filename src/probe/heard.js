// What a page and its windows say while they are watched: events of the widget, errors, blocked scripts and the
// console. The main probe keeps it for all of them.

class Heard {
  /**
   * @param {Realm} page the window of the main probe
   * @param {{ journal: () => Journal | null, isUsable: () => boolean, changed: () => void }} probe the main one
   */
  constructor(page, probe) {
    this.page = page;
    this.probe = probe;
    /** @type {{ name: string, target: string, sdkUsable: boolean, detail: unknown }[]} */
    this.events = [];
    /** @type {string[]} */
    this.errors = [];
    /** @type {string[]} */
    this.policyViolations = [];
    /** @type {string[]} */
    this.console = [];
  }

  /**
   * Hears what is said in a window, from the first moment on.
   * @param {Realm} realm
   */
  listenIn(realm) {
    const dispatch = realm.EventTarget.prototype.dispatchEvent;
    const raised = (/** @type {Event} */ event, /** @type {EventTarget} */ target) => this.raised(event, target, realm);
    replace(realm.EventTarget.prototype, "dispatchEvent", /** @this {EventTarget | undefined} */ function (/** @type {Event} */ event) {
      const target = this ?? realm;
      if (typeof event?.type === "string" && event.type.startsWith("lcw:")) raised(event, target);
      return dispatch.call(target, event);
    });

    listen(realm, realm, "error", (event) => {
      if (event instanceof realm.ErrorEvent) this.failed(event.message);
    }, true);
    listen(realm, realm, "unhandledrejection", (event) => {
      this.failed(`unhandled rejection: ${describe(event.reason)}`);
    });

    listen(realm, realm, "securitypolicyviolation", ({ disposition, effectiveDirective, blockedURI }) => {
      if (disposition === "enforce") this.add(this.policyViolations, `${effectiveDirective} blocked ${blockedURI}`);
    }, true);

    const consoleError = realm.console.error;
    replace(realm.console, "error", (/** @type {unknown[]} */ ...values) => {
      const text = values.map(describe).join(" ");
      this.probe.journal()?.add("console", { text });
      this.add(this.console, text);
      consoleError.apply(realm.console, values);
    });
  }

  /** @param {Event} event @param {EventTarget} target @param {Realm} realm where it was raised */
  raised(event, target, realm) {
    const where = targetOf(this.page, target);
    const sdkUsable = this.probe.isUsable();
    const { detail } = /** @type {CustomEvent} */ (event);
    this.probe.journal()?.heard(event.type, detail, where === "window");
    // A window that the page opened may embed the widget, which is ready there: that is another page load.
    const isAnotherLoad = event.type === "lcw:ready" && target === realm && realm.top === realm && realm !== this.page;
    if (!isAnotherLoad) this.add(this.events, { name: event.type, target: where, sdkUsable, detail: copied(detail) });
  }

  /** @param {string} message */
  failed(message) {
    this.add(this.errors, message);
  }

  /**
   * @template T
   * @param {T[]} list
   * @param {T} said
   */
  add(list, said) {
    keep(list, said);
    this.probe.changed();
  }

  /** Its part of the observation. */
  observe() {
    const { events, errors, policyViolations, console } = this;
    return { events, errors, policyViolations, console };
  }
}
