// Tasks of the probe's own, and what it puts in place of the browser's.

/** Milliseconds as the clock counts them: whole microseconds, so that what is due together is equal. @param {number} time */
function micros(time) {
  return Math.round(time * 1000) / 1000;
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return `${Math.round(milliseconds) / 1000} s`;
}

/**
 * A function that resolves in a task of its own: every promise job that is due has run by then.
 * @param {Realm} realm
 * @param {number} steps how often `step` is called in that task, its promise jobs run after each time
 * @param {() => void} step
 * @returns {() => Promise<void>}
 */
function macrotasks(realm, steps, step) {
  const { port1, port2 } = new realm.MessageChannel();
  const post = port2.postMessage.bind(port2);
  /** @type {(() => void)[]} */
  const waiting = [];
  // A browser runs promise jobs after each listener, which is a hundred times cheaper than another task.
  for (let i = 0; i < steps; i += 1) port1.addEventListener("message", () => step());
  port1.addEventListener("message", () => waiting.shift()?.());
  port1.start();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      post(null);
    });
}

/**
 * Defines a property that page code can replace and delete again, as it can the browser's own.
 * @param {object} owner @param {string} name @param {unknown} value
 */
function replace(owner, name, value) {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: false });
}
