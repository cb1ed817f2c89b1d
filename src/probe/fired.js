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
  /** @type {WeakMap<object, { kind: TimerKind, delay: number, setAt: string | null, fired: Fired | null }>} */
  #known = new WeakMap();
  /** @type {Map<Fired, number>} how often they fired since {@link begin} */
  #counted = new Map();
  /** Places whose timers have fired at any time. */
  #places = new Set();
  #news = false;
  /** How many fired since {@link begin}. */
  count = 0;
  /** How many timeouts without much of a delay are more than one for every 4 milliseconds, when the last of them fired. */
  #crowd = 0;
  #crowdedAt = 0;

  /** Counts anew, whatever was fired before. */
  begin() {
    this.#counted.clear();
    this.count = 0;
  }

  /**
   * Where a timer is set, unless that is known of its function.
   * @param {Function} setter what the page calls
   * @param {TimerKind} kind
   * @param {number} delay
   * @param {unknown} handler
   */
  trace(setter, kind, delay, handler) {
    const known = typeof handler === "function" ? this.#known.get(handler) : undefined;
    return known?.kind === kind && known.delay === delay ? null : traceOf(setter);
  }

  /**
   * How many timeouts too many have fired by this time for a clock that is to move.
   * @param {number} at
   */
  crowdAt(at) {
    return Math.max(0, this.#crowd - (at - this.#crowdedAt) / 4);
  }

  /** @param {Timer} timer @param {number} at */
  note(timer, at) {
    const { kind, delay, handler } = timer;
    this.count += 1;
    if (kind === "timeout" && delay < 4) {
      this.#crowd = this.crowdAt(at) + 1;
      this.#crowdedAt = at;
    }
    let known = typeof handler === "function" ? this.#known.get(handler) : undefined;
    if (known?.kind !== kind || known.delay !== delay) {
      known = { kind, delay, setAt: placeOf(timer.trace), fired: null };
      if (typeof handler === "function") this.#known.set(handler, known);
    }
    // It may have been handed over.
    if (!known.fired || !this.#counted.has(known.fired)) known.fired = this.#find(known, at);
    const { fired } = known;
    if (!fired) return;
    fired.last = at;
    fired.times += 1;
    this.#counted.set(fired, (this.#counted.get(fired) ?? 0) + 1);
  }

  /**
   * @param {Pick<Fired, "kind" | "delay" | "setAt">} what
   * @param {number} at
   */
  #find({ kind, delay, setAt }, at) {
    const key = `${kind} ${delay} ${setAt}`;
    const found = this.#byPlace.get(key);
    const place = `${kind} ${setAt}`;
    if (!found && this.#places.size < MOST_FIRED && !this.#places.has(place)) {
      this.#places.add(place);
      this.#news = true;
    }
    if (found || this.#byPlace.size >= MOST_FIRED) return found ?? null;
    const fired = { at, last: at, times: 0, kind, delay, setAt };
    this.#byPlace.set(key, fired);
    return fired;
  }

  /** Whether a timer fired that was set where none was before, since this was asked last. */
  takeNews() {
    const news = this.#news;
    this.#news = false;
    return news;
  }

  /** Hands over what fired since the last time that it was asked for, in the order of the first firings. */
  take() {
    const fired = [...this.#byPlace.values()];
    this.#byPlace.clear();
    this.#counted.clear();
    return fired;
  }

  /** What fired most since {@link begin}, as a person would say it. */
  busiest() {
    const all = [...this.#counted];
    if (all.length === 0) return "others than the first thousand";
    const [most, times] = all.reduce((a, b) => (b[1] > a[1] ? b : a));
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
  // A page may have frozen it.
  Reflect.set(NativeError, "stackTraceLimit", 1);
  captureStackTrace(trace, callee);
  Reflect.set(NativeError, "stackTraceLimit", most);
  return trace;
}

/**
 * The first place in a stack that is not the probe's, `url:line:column`: `    at name (place)` in Chromium, `name@place` in
 * Firefox. What has no address of its own is nobody's place.
 * @param {Trace | null} trace
 * @returns {string | null}
 */
function placeOf(trace) {
  return /(?:^|[\s(@])(?!lcw-probe:)([^\s(@<]+:\d+:\d+)\)?$/m.exec(trace?.stack ?? "")?.[1] ?? null;
}
