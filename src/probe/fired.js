// What a page's timers were: which fired, how often, and where the page set them.

/** A stack that is only turned into text when somebody reads it. @typedef {{ stack?: string }} Trace */

/**
 * Timers of the same kind and delay that were set at the same place.
 * @typedef {object} Fired
 * @property {number} at when the first of them fired, in milliseconds since the clock began
 * @property {number} last when the last of them fired
 * @property {number} times
 * @property {TimerKind} kind
 * @property {number} delay what was asked for, in milliseconds
 * @property {string | null} setAt the page's line that set it: `url:line:column`
 */

/** How many kinds of timers are told apart. */
const MOST_FIRED = 1000;

class FiredTimers {
  /** @type {Map<string, Fired>} */
  #byPlace = new Map();
  /** A loop sets the same function again and again: its place need not be looked up each time. */
  /** @type {WeakMap<object, Fired>} */
  #byHandler = new WeakMap();
  /** @type {Map<Fired, number>} how often they fired since {@link begin} */
  #counted = new Map();
  /** How many fired since {@link begin}. */
  count = 0;

  /** Counts anew, whatever was fired before. */
  begin() {
    this.#counted.clear();
    this.count = 0;
  }

  /** @param {Timer} timer @param {number} at */
  note(timer, at) {
    this.count += 1;
    const handler = /** @type {object} */ (timer.handler);
    let fired = typeof handler === "function" ? this.#byHandler.get(handler) : undefined;
    if (!fired || fired.kind !== timer.kind || fired.delay !== timer.delay) {
      const setAt = placeOf(timer.trace);
      const key = `${timer.kind} ${timer.delay} ${setAt}`;
      fired = this.#byPlace.get(key);
      if (!fired) {
        if (this.#byPlace.size >= MOST_FIRED) return;
        fired = { at, last: at, times: 0, kind: timer.kind, delay: timer.delay, setAt };
        this.#byPlace.set(key, fired);
      }
      if (typeof handler === "function") this.#byHandler.set(handler, fired);
    }
    fired.last = at;
    fired.times += 1;
    this.#counted.set(fired, (this.#counted.get(fired) ?? 0) + 1);
  }

  /** Hands over what fired since the last time that it was asked for, in the order of the first firings. */
  take() {
    const fired = [...this.#byPlace.values()];
    this.#byPlace.clear();
    this.#byHandler = new WeakMap();
    return fired;
  }

  /** What fired most since {@link begin}, as a person would say it. */
  busiest() {
    const [most, times] = [...this.#counted].reduce((a, b) => (b[1] > a[1] ? b : a));
    const what = {
      timeout: `a timeout of ${most.delay} ms`,
      interval: `an interval of ${most.delay} ms`,
      frame: "an animation frame",
      idle: "an idle callback",
      signal: `a signal's timeout of ${most.delay} ms`,
      task: `a task with a delay of ${most.delay} ms`,
    }[most.kind];
    return `${what} that was set at ${most.setAt ?? "an unknown place"}, ${times} times`;
  }
}

/** @type {ErrorConstructor & { stackTraceLimit?: number, captureStackTrace?: (on: object, above?: Function) => void }} */
const NativeError = Error;
const { captureStackTrace } = NativeError;

/**
 * Where a function of the probe's was called.
 * @param {Function} callee
 * @returns {Trace | null}
 */
function traceOf(callee) {
  if (!captureStackTrace) return null;
  const most = NativeError.stackTraceLimit;
  /** @type {Trace} */
  const trace = {};
  // One line is enough, and a page sets thousands of timers.
  NativeError.stackTraceLimit = 1;
  captureStackTrace(trace, callee);
  NativeError.stackTraceLimit = most;
  return trace;
}

/**
 * The first place in a stack, `url:line:column`: `    at name (place)` in Chromium, `name@place` in Firefox.
 * @param {Trace | null} trace
 * @returns {string | null}
 */
function placeOf(trace) {
  return /(?:^|[\s(@])([^\s(@]+:\d+:\d+)\)?$/m.exec(trace?.stack ?? "")?.[1] ?? null;
}
