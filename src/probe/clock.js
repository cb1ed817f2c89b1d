// The page's clock. It runs with real time until it is held; from then on it moves only by `advance`.
//
// One clock serves a window and all same-origin frames in it, so that their timers fire in one order.
// What it does not move: workers, CSS transitions and animations, media, and the timestamps of events.

/**
 * @typedef {object} Timer
 * @property {number} id what the page was given
 * @property {number} due when it fires, in milliseconds of the clock
 * @property {number} order breaks ties: the order in which timers were set
 * @property {number | null} every an interval's period
 * @property {number} depth how many timers deep it was set; browsers slow down from the fifth on
 * @property {"timer" | "frame" | "idle"} kind
 * @property {Window & typeof globalThis} realm the window whose function it calls
 * @property {() => void} run
 * @property {(() => void) | null} cancelNative stops the browser's own timer while time is real
 */

/** Milliseconds between two animation frames of a held clock. */
const FRAME = 1000 / 60;

class Clock {
  /** @param {Window & typeof globalThis} root */
  constructor(root) {
    this.held = false;
    /** @type {Map<number, Timer>} */
    this.timers = new Map();
    this.lastId = 0;
    this.lastOrder = 0;
    this.depth = 0;
    const performance = root.performance;
    this.realNow = performance.now.bind(performance);
    this.realDate = root.Date.now;
    this.heldAt = 0;
    this.heldDate = 0;
    this.virtual = 0;
    this.macrotask = macrotasks(root);
  }

  /** Milliseconds since the page's time origin. */
  now() {
    return this.held ? this.virtual : this.realNow();
  }

  /** Milliseconds since 1970. */
  date() {
    return this.held ? Math.floor(this.heldDate + this.virtual - this.heldAt) : this.realDate();
  }

  /**
   * An instant of this clock as the browser's own clock has it, as cookies want it.
   * @param {number} instant in milliseconds since 1970
   */
  toRealDate(instant) {
    return new Date(instant - this.date() + this.realDate()).toUTCString();
  }

  /** Stops time: whatever was set keeps what is left of its delay. */
  hold() {
    if (this.held) return;
    this.heldAt = this.virtual = this.realNow();
    this.heldDate = this.realDate();
    this.held = true;
    for (const timer of this.timers.values()) {
      timer.cancelNative?.();
      timer.cancelNative = null;
      if (timer.kind === "frame") timer.due = this.nextFrame();
    }
  }

  nextFrame() {
    return this.heldAt + (Math.floor((this.virtual - this.heldAt) / FRAME + 1e-6) + 1) * FRAME;
  }

  /**
   * Moves time, firing what falls due in order, with promise jobs and messages run in between.
   * @param {number} milliseconds
   */
  async advance(milliseconds) {
    if (!this.held) throw new Error("the clock is not held");
    const end = this.virtual + milliseconds;
    for (let timer = this.next(end); timer; timer = this.next(end)) {
      this.virtual = Math.max(this.virtual, timer.due);
      this.fire(timer);
      // Promise jobs belong to the timer's task, so what they set is nested in it as well. A loop that awaits
      // a timer of no delay would else never let the clock move.
      this.depth = timer.depth;
      await this.macrotask();
      this.depth = 0;
    }
    this.virtual = end;
  }

  /**
   * The timer that fires first, no later than `end`. A thousandth of a millisecond of rounding is forgiven.
   * @param {number} end
   */
  next(end) {
    /** @type {Timer | undefined} */
    let first;
    for (const timer of this.timers.values()) {
      // A frame that was removed takes its timers along.
      if (isGone(timer.realm)) this.timers.delete(timer.id);
      else if (timer.due <= end + 1e-3 && (!first || isBefore(timer, first))) first = timer;
    }
    return first;
  }

  /** @param {Timer} timer */
  fire(timer) {
    if (timer.every === null) {
      this.timers.delete(timer.id);
    } else {
      timer.due += timer.every;
      timer.order = ++this.lastOrder;
    }
    const outer = this.depth;
    this.depth = timer.depth;
    try {
      timer.run();
    } catch (error) {
      timer.realm.reportError(error);
    } finally {
      this.depth = outer;
    }
  }

  /** @param {number} id */
  clear(id) {
    const timer = this.timers.get(Number(id));
    if (!timer) return;
    timer.cancelNative?.();
    this.timers.delete(timer.id);
  }

  /**
   * Puts the clock's functions into a window in place of the browser's.
   * @param {Window & typeof globalThis} realm
   */
  install(realm) {
    // A document that is left takes its timers along; its window lives on with another one.
    realm.addEventListener("pagehide", () => {
      for (const timer of this.timers.values()) if (timer.realm === realm) this.timers.delete(timer.id);
    });
    installTimers(this, realm);
    installFrames(this, realm);
    installDates(this, realm);
  }
}

/** @param {Window} realm */
function isGone(realm) {
  try {
    return realm.closed || !realm.document?.defaultView;
  } catch {
    // It shows a page of another origin now.
    return true;
  }
}

/** @param {Timer} a @param {Timer} b */
function isBefore(a, b) {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

/**
 * A function that resolves in a task of its own: every promise job that is due has run by then.
 * @param {Window & typeof globalThis} realm
 * @returns {() => Promise<void>}
 */
function macrotasks(realm) {
  const channel = new realm.MessageChannel();
  /** @type {(() => void)[]} */
  const waiting = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    });
}

/** @param {Clock} clock @param {Window & typeof globalThis} realm */
function installTimers(clock, realm) {
  const native = {
    setTimeout: realm.setTimeout.bind(realm),
    clearTimeout: realm.clearTimeout.bind(realm),
    setInterval: realm.setInterval.bind(realm),
    clearInterval: realm.clearInterval.bind(realm),
  };

  /**
   * @param {TimerHandler} handler
   * @param {unknown} delay
   * @param {unknown[]} values
   * @param {boolean} repeats
   */
  const set = (handler, delay, values, repeats) => {
    const depth = clock.depth + 1;
    // The delay is a signed 32-bit count of milliseconds; the HTML standard slows nested timers to 4 ms.
    const asked = Math.max(0, Number(delay) | 0);
    const wait = depth > 5 ? Math.max(4, asked) : asked;
    /** @type {Timer} */
    const timer = {
      id: ++clock.lastId,
      due: clock.now() + wait,
      order: ++clock.lastOrder,
      every: repeats ? Math.max(wait, 1) : null,
      depth,
      kind: "timer",
      realm,
      run: () => (typeof handler === "function" ? handler.apply(realm, values) : realm.eval(String(handler))),
      cancelNative: null,
    };
    clock.timers.set(timer.id, timer);
    if (!clock.held) {
      const fire = () => {
        timer.due = clock.now();
        clock.fire(timer);
      };
      const handle = repeats ? native.setInterval(fire, wait) : native.setTimeout(fire, wait);
      timer.cancelNative = () => (repeats ? native.clearInterval(handle) : native.clearTimeout(handle));
    }
    return timer.id;
  };

  replace(realm, "setTimeout", (/** @type {TimerHandler} */ handler, /** @type {unknown} */ delay, /** @type {unknown[]} */ ...values) =>
    set(handler, delay, values, false));
  replace(realm, "setInterval", (/** @type {TimerHandler} */ handler, /** @type {unknown} */ delay, /** @type {unknown[]} */ ...values) =>
    set(handler, delay, values, true));
  replace(realm, "clearTimeout", (/** @type {number} */ id) => clock.clear(id));
  replace(realm, "clearInterval", (/** @type {number} */ id) => clock.clear(id));
}

/** @param {Clock} clock @param {Window & typeof globalThis} realm */
function installFrames(clock, realm) {
  const native = {
    request: realm.requestAnimationFrame.bind(realm),
    cancel: realm.cancelAnimationFrame.bind(realm),
    idle: realm.requestIdleCallback?.bind(realm),
    cancelIdle: realm.cancelIdleCallback?.bind(realm),
  };

  /**
   * @param {"frame" | "idle"} kind
   * @param {() => void} run
   * @param {(fire: () => void) => () => void} start hands it to the browser; gives back how to stop it
   */
  const set = (kind, run, start) => {
    /** @type {Timer} */
    const timer = {
      id: ++clock.lastId,
      due: clock.held ? (kind === "frame" ? clock.nextFrame() : clock.now() + 1) : clock.now(),
      order: ++clock.lastOrder,
      every: null,
      depth: 0,
      kind,
      realm,
      run,
      cancelNative: null,
    };
    clock.timers.set(timer.id, timer);
    if (!clock.held) timer.cancelNative = start(() => clock.fire(timer));
    return timer.id;
  };

  replace(realm, "requestAnimationFrame", (/** @type {FrameRequestCallback} */ callback) =>
    set("frame", () => callback.call(realm, clock.now()), (fire) => {
      const handle = native.request(fire);
      return () => native.cancel(handle);
    }));
  replace(realm, "cancelAnimationFrame", (/** @type {number} */ id) => clock.clear(id));
  if (!native.idle) return;
  replace(realm, "requestIdleCallback", (/** @type {IdleRequestCallback} */ callback) =>
    set("idle", () => callback.call(realm, { didTimeout: false, timeRemaining: () => 10 }), (fire) => {
      const handle = native.idle(fire);
      return () => native.cancelIdle(handle);
    }));
  replace(realm, "cancelIdleCallback", (/** @type {number} */ id) => clock.clear(id));
}

/** @param {Clock} clock @param {Window & typeof globalThis} realm */
function installDates(clock, realm) {
  const NativeDate = realm.Date;
  const now = () => clock.date();
  const ClockDate = new Proxy(NativeDate, {
    construct: (target, values, newTarget) => Reflect.construct(target, values.length ? values : [now()], newTarget),
    apply: () => new NativeDate(now()).toString(),
    get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
  });
  NativeDate.prototype.constructor = ClockDate;
  replace(realm, "Date", ClockDate);
  replace(realm.performance, "now", () => clock.now());
}

/**
 * Defines a property that page code can replace and delete again, as it can the browser's own.
 * @param {object} owner @param {string} name @param {unknown} value
 */
function replace(owner, name, value) {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: false });
}
