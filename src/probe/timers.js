// A page's timers: what it sets instead of the browser's own, and the queue in which a held clock finds them.

/**
 * @typedef {"timeout" | "interval" | "frame" | "idle" | "signal" | "task"} TimerKind `signal` is that of
 *   `AbortSignal.timeout`, and `task` a delayed one of the scheduler
 */

/**
 * @typedef {object} Timer
 * @property {number} id what the page was given
 * @property {TimerKind} kind
 * @property {Realm} realm the window whose function it calls
 * @property {number} delay what was asked for, in milliseconds
 * @property {number} due when it fires, in milliseconds of the clock
 * @property {number} order breaks ties: the order in which timers were set
 * @property {number} depth the nesting level of its task: how many timers deep it was set
 * @property {boolean} cleared
 * @property {unknown} handler what the page handed in
 * @property {Trace | null} trace where it was set, if anybody wants to know
 * @property {() => void} run
 * @property {(() => void) | null} cancelNative stops the browser's own timer while time is real
 */

/** What a page sets, before it has a place in time. @typedef {Pick<Timer, "kind" | "realm" | "delay" | "handler" | "trace" | "run">} Wanted */

/** Timers in the order in which they fire: a binary heap, from which cleared ones are dropped late. */
class TimerQueue {
  /** @type {Timer[]} */
  #heap = [];
  #cleared = 0;

  /** @param {Timer} timer */
  push(timer) {
    const heap = this.#heap;
    let at = heap.length;
    for (; at > 0; at = (at - 1) >> 1) {
      const above = heap[(at - 1) >> 1];
      if (!isBefore(timer, above)) break;
      heap[at] = above;
    }
    heap[at] = timer;
  }

  /**
   * The timer that fires first; it stays in the queue.
   * @returns {Timer | undefined}
   */
  first() {
    while (this.#heap[0]?.cleared) this.shift();
    return this.#heap[0];
  }

  /** Takes out the first. */
  shift() {
    const heap = this.#heap;
    if (heap[0]?.cleared) this.#cleared -= 1;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below += 1;
      if (below >= heap.length || !isBefore(heap[below], last)) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
  }

  /** Told that one of its timers was cleared: a page may set and clear without end. */
  forget() {
    this.#cleared += 1;
    if (this.#cleared < 1000 || this.#cleared < this.#heap.length / 2) return;
    const left = this.#heap.filter((timer) => !timer.cleared);
    this.#heap = [];
    this.#cleared = 0;
    for (const timer of left) this.push(timer);
  }
}

/** @param {Timer} a @param {Timer} b */
function isBefore(a, b) {
  if (a.due !== b.due) return a.due < b.due;
  // A page is idle when nothing else is due.
  if ((a.kind === "idle") !== (b.kind === "idle")) return b.kind === "idle";
  return a.order < b.order;
}

/** Animation frames whose windows are hidden: a browser paints none until they are seen again. */
class UnseenFrames {
  /** @type {Set<Timer>} */
  #timers = new Set();

  /** Keeps a frame if it is of a hidden window; answers whether it is. @param {Timer} timer */
  take(timer) {
    const isHidden = timer.realm.document.visibilityState === "hidden";
    if (isHidden) this.#timers.add(timer);
    return isHidden;
  }

  /** Answers whether it was kept. @param {Timer} timer */
  drop(timer) {
    return this.#timers.delete(timer);
  }

  /** Hands over what is to be painted, if the window is seen. @param {Realm} realm */
  seen(realm) {
    const isHidden = realm.document.visibilityState === "hidden";
    const seen = [...this.#timers].filter((timer) => timer.realm === realm && !isHidden);
    for (const timer of seen) this.#timers.delete(timer);
    return seen;
  }
}

/** @param {Clock} clock @param {Realm} realm */
function installTimers(clock, realm) {
  const native = {
    timeout: realm.setTimeout.bind(realm),
    clearTimeout: realm.clearTimeout.bind(realm),
    interval: realm.setInterval.bind(realm),
    clearInterval: realm.clearInterval.bind(realm),
  };

  for (const kind of /** @type {const} */ (["timeout", "interval"])) {
    const name = kind === "timeout" ? "setTimeout" : "setInterval";
    const set = (/** @type {TimerHandler} */ handler, /** @type {unknown} */ delay, /** @type {unknown[]} */ ...values) => {
      const code = typeof handler === "function" ? handler : String(handler);
      // A signed 32-bit count of milliseconds.
      const wait = Math.max(0, Number(delay) | 0);
      const timer = clock.set({
        kind,
        realm,
        delay: wait,
        handler: code,
        trace: clock.fired?.trace(set, kind, wait, code) ?? null,
        run: () => (typeof code === "function" ? apply(code, realm, values) : realm.eval(code)),
      });
      clock.startNative(timer, (fire) => {
        const handle = native[kind](fire, timer.due - clock.now());
        return () => (kind === "timeout" ? native.clearTimeout(handle) : native.clearInterval(handle));
      });
      return timer.id;
    };
    replace(realm, name, set);
    // The standard lets either function clear what the other one set.
    replace(realm, kind === "timeout" ? "clearTimeout" : "clearInterval", (/** @type {unknown} */ id) =>
      clock.clear(realm, id, ["timeout", "interval"]));
  }
}

/** @param {Clock} clock @param {Realm} realm */
function installFrames(clock, realm) {
  const native = {
    request: realm.requestAnimationFrame.bind(realm),
    cancel: realm.cancelAnimationFrame.bind(realm),
    idle: realm.requestIdleCallback?.bind(realm),
    cancelIdle: realm.cancelIdleCallback?.bind(realm),
  };
  const origin = clock.originOf(realm);

  const request = (/** @type {FrameRequestCallback} */ callback) => {
    const trace = clock.fired?.trace(request, "frame", 0, callback) ?? null;
    const run = () => apply(callback, realm, [clock.now() - origin()]);
    const timer = clock.set({ kind: "frame", realm, delay: 0, handler: callback, trace, run });
    clock.startNative(timer, (fire) => {
      const handle = native.request(fire);
      return () => native.cancel(handle);
    });
    return timer.id;
  };
  replace(realm, "requestAnimationFrame", request);
  replace(realm, "cancelAnimationFrame", (/** @type {unknown} */ id) => clock.clear(realm, id, ["frame"]));

  if (!native.idle) return;
  const requestIdle = (/** @type {IdleRequestCallback} */ callback) => {
    const trace = clock.fired?.trace(requestIdle, "idle", 1, callback) ?? null;
    const run = () => {
      const began = clock.now();
      // On a held clock a page is idle as soon as nothing is due, so no timeout of its own ever passes.
      apply(callback, realm, [{ didTimeout: false, timeRemaining: () => Math.max(0, 10 - (clock.now() - began)) }]);
    };
    const timer = clock.set({ kind: "idle", realm, delay: 1, handler: callback, trace, run });
    clock.startNative(timer, (fire) => {
      const handle = native.idle(fire);
      return () => native.cancelIdle(handle);
    });
    return timer.id;
  };
  replace(realm, "requestIdleCallback", requestIdle);
  replace(realm, "cancelIdleCallback", (/** @type {unknown} */ id) => clock.clear(realm, id, ["idle"]));
}

/**
 * The newer ways to wait: a signal that aborts after a while, and the scheduler's delayed tasks.
 * @param {Clock} clock
 * @param {Realm} realm
 */
function installDelays(clock, realm) {
  const timeout = (/** @type {unknown} */ delay) => {
    const wait = Math.trunc(Number(delay));
    if (!(wait >= 0)) throw new realm.TypeError("AbortSignal.timeout wants a count of milliseconds");
    const controller = new realm.AbortController();
    const abort = () => controller.abort(new realm.DOMException("signal timed out", "TimeoutError"));
    clock.set({ kind: "signal", realm, delay: wait, handler: controller, trace: traceOf(timeout), run: abort });
    return controller.signal;
  };
  replace(realm.AbortSignal, "timeout", timeout);

  /** @type {any} */
  const prototype = /** @type {any} */ (realm).Scheduler?.prototype;
  if (!prototype?.postTask) return;
  const native = prototype.postTask;
  /** @this {object} */
  function postTask(/** @type {() => unknown} */ callback, /** @type {any} */ options = {}) {
    const begun = (/** @type {{ delay?: number }} */ now) => {
      if (options.signal?.aborted) return apply(native, this, [callback, { ...now, delay: 0 }]);
      // The callback may take its time, and then waits for what it waits for.
      const end = clock.pending?.begin(realm, "a task of the scheduler") ?? (() => {});
      options.signal?.addEventListener("abort", end);
      return apply(native, this, [() => (end(), callback()), { ...now, delay: 0 }]);
    };
    const delay = Math.trunc(Number(options.delay ?? 0));
    if (!(delay > 0) || typeof callback !== "function") return begun({ ...options });
    return new realm.Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(options.signal.reason);
      const run = () => resolve(begun({ ...options }));
      const { id } = clock.set({ kind: "task", realm, delay, handler: callback, trace: traceOf(postTask), run });
      options.signal?.addEventListener("abort", () => {
        clock.clear(realm, id, ["task"]);
        reject(options.signal.reason);
      });
    });
  }
  replace(prototype, "postTask", postTask);
}
