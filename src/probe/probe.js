// The probe: runs in every window and frame before the page's own scripts, watches, and reports.
//
// The probe of a top window that nobody of the same origin opened is the main probe: the probes of its
// same-origin frames and of the windows that it opened tell it what they see, and it alone reports, so a
// report is always one consistent picture. Commands come to it as JSON text and are answered as JSON text.

/**
 * @typedef {object} ProbeOptions
 * @property {Selectors} selectors
 * @property {boolean} journal whether a journal is kept
 * @property {ClockStart | null} clock holds the clock from the start
 */

/** @typedef {(message: string) => void} Channel */

const PROBE = Symbol.for("lcw-harness.probe");

class Probe {
  /** @param {Realm} realm @param {Channel} channel @param {ProbeOptions} options */
  constructor(realm, channel, options) {
    this.realm = realm;
    this.channel = channel;
    this.main = this.findMain();
    /** @type {Set<Probe>} the probes of same-origin frames and opened windows; of the main probe only */
    this.others = new Set();
    /** @type {Window[]} */
    this.opened = [];
    this.windowsOpened = 0;
    this.notificationsShown = 0;
    this.shownBefore = 0;
    this.quiet = true;
    /** What the document is known by: a browser may ask another one that was not meant. */
    this.document = String(Math.random());
    /** Whether the browser has begun to leave the document, which it may yet keep: what comes may be a download. */
    this.isBeingLeft = false;
    listen(realm, realm, "beforeunload", () => {
      this.isBeingLeft = true;
    });

    const above = probeOf(() => (realm.parent !== realm ? realm.parent : options.clock ? realm.opener : null));
    /** @type {Clock} */
    // Nobody moves the clock of a frame of another origin, so it runs.
    this.clock = above ? above.clock : new Clock(realm, realm.parent === realm ? options.clock : null);
    this.nextFrame = realm.requestAnimationFrame.bind(realm);
    /** @type {Roots} */
    this.roots = this.main === this ? new Roots() : this.main.roots;
    // In real time, so before the clock takes the window's timers over.
    this.paints = new Paints(realm);
    this.reach = new Reach(realm, this.roots);
    // An observer makes objects of elements in its function's window, and a page knows those of another window by nothing:
    // so each window's elements are watched by its own probe.
    this.clock.install(realm, watchElements);
    // A browser waits in each window for what is said next. Chromium keeps a document in memory for long, with all that
    // it has, when it is left while that is waited for; so something is said.
    listen(realm, realm, "pagehide", () => {
      this.main.paints.left(this);
      channel(encode({ kind: "goodbye" }));
    }, true);
    /** @type {Journal | null} of the main probe only */
    this.journal = this.main === this && options.journal ? new Journal(realm, this.clock, () => this.observe()) : null;
    this.main.journal?.follow(realm);
    /** Whether it is the page that a case is about, of which alone something is asked. */
    this.isVisited = false;
    this.reports = new Reports({
      look: () => this.observe(),
      tell: (report) => channel(encode({ kind: "state", origin: realm.location.origin, ...report })),
      turn: () => this.clock.macrotask(),
      atOnce: this.journal !== null,
    });
    /** @type {Heard} */
    this.heard =
      this.main === this
        ? new Heard(realm, { journal: () => this.journal, isUsable: () => this.sdk.isUsable(), changed: () => this.changed() })
        : this.main.heard;
    this.heard.listenIn(realm);
    this.watchWindows();
    this.sdk = new SdkCaller(realm, () => this.main.changed());
    // Otherwise nothing is looked for in them, and a page may have thousands.
    if (Object.values(options.selectors).some((selector) => selector.includes(">>>"))) {
      this.roots.follow(realm, () => this.main.changed());
    }
    this.watcher = new Watcher(realm, options.selectors, this.roots, () => this.main.changed());
    if (this.main !== this) {
      this.main.adopt(this);
      this.main.changed();
    } else if (realm.top === realm) {
      this.hello();
    }
  }

  /** @returns {Probe} */
  findMain() {
    const realm = this.realm;
    const parent = realm.parent === realm ? null : realm.parent;
    return probeOf(() => parent)?.main ?? probeOf(() => (parent ? null : realm.opener))?.main ?? this;
  }

  /**
   * Takes in the probe of a frame or an opened window.
   * @param {Probe} probe
   */
  adopt(probe) {
    // A frame or window keeps its proxy when it gets another document; the old one's probe is done with.
    for (const other of this.others) {
      if (other.realm !== probe.realm) continue;
      this.others.delete(other);
      this.paints.left(other);
    }
    this.others.add(probe);
    // A link can open a window, too.
    if (probe.realm.parent === probe.realm) this.countWindow(probe.realm);
  }

  /** Whether no page of this origin led here. */
  isFirst() {
    return !this.clock.ledTo;
  }

  /** @param {string} referrer the page that the visitor is said to come from */
  cameFrom(referrer) {
    if (this.journal) this.journal.referrer = referrer;
  }

  /** @param {Window} opened */
  countWindow(opened) {
    if (this.opened.includes(opened)) return;
    this.opened.push(opened);
    this.windowsOpened += 1;
    this.changed();
  }

  /** Says what the page finds before its own code runs: a case must start from nothing. */
  hello() {
    const stored = (/** @type {() => number} */ count) => {
      try {
        return count();
      } catch {
        return 0;
      }
    };
    const { realm } = this;
    this.channel(
      encode({
        kind: "hello",
        // Where nobody answered, one browser has its own words at the page's address.
        url: realm.document.documentURI.startsWith("about:neterror") ? "about:neterror" : realm.location.href,
        date: this.clock.date(),
        document: this.document,
        leftovers: {
          cookies: stored(() => (realm.document.cookie ? realm.document.cookie.split(";").length : 0)),
          localStorage: stored(() => realm.localStorage.length),
          sessionStorage: stored(() => realm.sessionStorage.length),
        },
      }),
    );
    const { journal } = this;
    if (journal) {
      tellWhenLeft(realm, () => encode({ kind: "journal", ...this.takeJournal(journal) }), this.channel);
      journal.began = true;
    }
    this.quiet = false;
    // A window without an opener may have loaded before the browser lets the probe in.
    this.changed();
  }

  /** @param {Journal | null} journal */
  takeJournal(journal) {
    return { entries: journal?.take() ?? [], cookies: this.clock.cookies?.list() ?? [] };
  }

  /** Sees which windows are opened, and keeps the page's own. */
  watchWindows() {
    const { realm, main } = this;
    const close = realm.close.bind(realm);
    replace(realm, "close", () => {
      if (!this.isVisited) return close();
      // Some browsers would let it, as its tab has shown nothing else, and the visitor's page would be gone.
      this.heard.failed("the page closed its own window");
    });

    const open = realm.open.bind(realm);
    replace(realm, "open", (/** @type {[]} */ ...values) => {
      const opened = open(...values);
      // `_self` and the name of a frame lead to a window that is there already.
      if (opened && opened.top === opened && opened !== realm.top) main.countWindow(opened);
      return opened;
    });
  }

  /** The probes whose windows are part of this one's page, its own first. */
  inPage() {
    const isInPage = (/** @type {Probe} */ probe) => probe !== this && probe.isAlive() && topOf(probe.realm) === this.realm;
    return [this, ...[...this.main.others].filter(isInPage)];
  }

  isAlive() {
    try {
      return !this.realm.closed && Boolean(this.realm.document?.defaultView);
    } catch {
      return false;
    }
  }

  /** Everything that can be seen now, in the shape of the contract's observation. */
  observe() {
    const inPage = this.inPage();
    for (const probe of [this, ...this.others]) if (probe.isAlive()) probe.watcher.followAnimations();
    const find = (/** @type {keyof Selectors} */ part) => first(inPage, (probe) => probe.watcher.find(part));
    const notification = first(inPage, (probe) => probe.watcher.notification(find));
    const shown = inPage.reduce((sum, probe) => sum + probe.watcher.count("notification"), 0);
    this.notificationsShown += Math.max(0, shown - this.shownBefore);
    this.shownBefore = shown;
    const open = this.opened.filter((window) => !window.closed);
    const view = combine(inPage);
    const windows = open.map((window) => ({
      view: combine([...this.others].filter((probe) => probe.isAlive() && topOf(probe.realm) === window)),
    }));
    const views = [view, ...windows.map((window) => window.view)];
    this.journal?.saw(notification, { prechat: views.some(({ prechat }) => prechat), chat: views.some(({ chat }) => chat) });
    return {
      notification,
      notificationsShown: this.notificationsShown,
      view,
      windows,
      windowsOpened: this.windowsOpened,
      ...this.heard.observe(),
      ...this.sdk.observe(),
      polluted: inPage.some((probe) => isPolluted(probe.realm)),
      focus: first(inPage, (probe) => (probe.hasFocusPath() ? probe.watcher.focus() : null)),
    };
  }

  /** Whether each frame on the way from the top to this window is its document's active element. */
  hasFocusPath() {
    for (let realm = this.realm; realm.frameElement; realm = /** @type {Realm} */ (realm.parent)) {
      const root = /** @type {Document | ShadowRoot} */ (realm.frameElement.getRootNode());
      if (root.activeElement !== realm.frameElement) return false;
    }
    return true;
  }

  /** Looks, and sees to it that what is seen is reported. */
  changed() {
    if (this.quiet || !this.watcher) return;
    this.reports.changed(this.observe());
    this.reach.changed();
  }

  /** Waits until everything that was started has had its turn, painting included. */
  async settle() {
    await this.paints.all(() => [this, ...this.others].filter((probe) => probe.isAlive()));
    await this.clock.macrotask();
  }

  /** Resolves in a task after the next frame of this window. A hidden one has none. */
  async paint() {
    if (this.realm.document.visibilityState !== "hidden") await new Promise((resolve) => void this.nextFrame(resolve));
    await this.main.clock.macrotask();
  }

  /**
   * Does what the harness asks for.
   * @param {string} text a list of commands as JSON, to be done one after the other
   * @param {string} [document] what the document is known by that is meant
   * @returns {Promise<string>} `{"ok": …}` with the last one's answer, `{"error": "…"}`, or `"left"` when another document
   *   is meant; it never rejects
   */
  async perform(text, document) {
    if (document !== undefined && document !== this.document) return encode("left");
    try {
      return await this.reports.during(async () => {
        let answer;
        for (const { command, value } of parse(text)) answer = await this.commands[command](value);
        return encode({ ok: answer ?? null });
      });
    } catch (error) {
      return encode({ error: describe(error) });
    }
  }

  /** @type {Record<string, (value: any) => unknown>} */
  commands = {
    settle: async () => {
      this.isVisited ||= !this.journal;
      await this.settle();
      return this.reports.answer(this.observe());
    },
    look: async () => {
      const seen = await this.commands.settle(null);
      return { seen, journal: this.takeJournal(this.journal) };
    },
    loaded: () =>
      new Promise((/** @type {(value?: null) => void} */ resolve) => {
        if (this.realm.document.readyState === "complete") resolve();
        else this.realm.addEventListener("load", () => resolve(), { once: true });
      }),
    "is-being-left": () => this.isBeingLeft,
    call: (/** @type {Call} */ call) => this.sdk.invoke("startProactiveChat", argumentsOf(call)),
    sdk: (/** @type {SdkCall} */ call) => this.sdk.call(call),
    "odd-call": (/** @type {OddCall} */ call) => this.sdk.invoke("startProactiveChat", oddArguments(call, this.realm)),
    "start-chat": (/** @type {unknown[]} */ values) => this.sdk.invoke("startChat", values),
    "close-chat": () => this.sdk.invoke("closeChat", []),
    "on-ready": (/** @type {Call} */ call) => {
      this.realm.addEventListener("lcw:ready", () => this.sdk.invoke("startProactiveChat", argumentsOf(call)));
    },
    "fire-ready": () => {
      this.realm.dispatchEvent(new this.realm.Event("lcw-harness:fire-ready"));
    },
    "hold-clock": () => {
      for (const clock of this.clocks()) clock.hold();
    },
    advance: async (/** @type {number} */ milliseconds) => {
      if (!this.clock.held) throw new Error("the clock is not held");
      // A window that was opened since runs with real time until here, so that it could load.
      for (const clock of this.clocks()) {
        clock.hold();
        await clock.advance(milliseconds);
      }
    },
    point: (/** @type {string} */ selector) => {
      const element = this.realm.document.querySelector(selector);
      if (!element) throw new Error(`nothing in the page matches ${selector}`);
      element.scrollIntoView({ block: "nearest", behavior: "instant" });
      return pressablePoint(element, this.roots);
    },
    scroll: (/** @type {ScrollTo} */ to) => scrollPage(this.realm, this.roots, to),
    mouse: (/** @type {"leaves" | "enters"} */ way) => crossEdge(this.realm, way),
    locate: (/** @type {keyof Selectors} */ part) => first(this.inPage(), (probe) => probe.watcher.point(part)),
    reach: (/** @type {{ part: keyof Selectors, within: number }} */ { part, within }) =>
      this.reach.of(() => first(this.inPage(), (probe) => probe.watcher.find(part)), within),
    "survey-fields": () => this.surveyFields().map(aboutField),
    "reach-field": (/** @type {{ at: number, within: number }} */ { at, within }) => {
      this.surveyFields()[at]?.scrollIntoView({ block: "nearest", behavior: "instant" });
      return this.reach.of(() => this.surveyFields()[at] ?? null, within);
    },
    "focus-field": (/** @type {number} */ at) => this.surveyFields()[at]?.focus(),
    inspect: (/** @type {{ parts: (keyof Selectors)[], text: string | null }} */ { parts, text }) => ({
      parts: parts.map((part) => this.inspect(part)),
      buttons: this.visible('button, [role="button"], input[type="submit"]').map(selectorOf),
      textIn: text === null ? [] : this.visible("*").filter((element) => element.textContent === text).map(selectorOf),
    }),
  };

  surveyFields() {
    return this.inPage().flatMap((probe) => probe.watcher.surveyFields());
  }

  /**
   * What a part's selector finds now.
   * @param {keyof Selectors} part
   */
  inspect(part) {
    const watchers = this.inPage().map((probe) => probe.watcher);
    return {
      matches: watchers.reduce((sum, watcher) => sum + watcher.matching(part).length, 0),
      shown: watchers.reduce((sum, watcher) => sum + watcher.count(part), 0),
      pressable: watchers.some((watcher) => watcher.point(part) !== null),
    };
  }

  /**
   * What a person can see of the elements that match, in shadow roots too.
   * @param {string} selector
   */
  visible(selector) {
    const found = this.inPage().flatMap((probe) => this.roots.everywhere(probe.realm.document, selector));
    return [...new Set(found)].filter((element) => isShown(element, this.roots));
  }

  /** The clocks of the page, first, and of the windows that it opened. */
  clocks() {
    return new Set([this, ...this.others].filter((probe) => probe.isAlive()).map((probe) => probe.clock));
  }

}

/** @param {HTMLElement} field */
function aboutField(field) {
  return {
    kind: field.localName,
    type: "type" in field ? field.type : "",
    required: field.matches(":required"),
    empty: "value" in field && field.value === "",
  };
}

/**
 * Starts the probe in this window, once.
 * @param {Channel} channel
 * @param {ProbeOptions} options
 */
function startProbe(channel, options) {
  const existing = probeOf(() => window);
  if (existing) {
    existing.main.paints.left(existing);
    existing.watcher.attach();
    existing.clock.pending?.follow(window);
  } else replace(window, /** @type {any} */ (PROBE), new Probe(window, channel, options));
}
