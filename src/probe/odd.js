// Values that nobody expects as an argument, by the names that suites give them.

/**
 * A call with odd values, as the harness writes it: an absent key is an argument that is left out.
 * @typedef {object} OddCall
 * @property {string} [config]
 * @property {string} [message]
 * @property {string} [show-prechat]
 * @property {string} [options]
 * @property {string} [in-new-window]
 */

/** What polluting keys would put on every object. */
const POLLUTION = "lcwPolluted";

/** A getter, trap or conversion that must not be the page's end. */
function explode() {
  throw new Error("an odd argument threw");
}

/**
 * @param {string} name
 * @param {Realm} realm whose window and elements are meant
 * @returns {unknown}
 */
function oddValue(name, realm) {
  const made = /** @type {Record<string, () => unknown>} */ (ODD_VALUES)[name];
  if (!made) throw new Error(`the probe knows no value called ${name}`);
  if (name === "element") return realm.document.documentElement;
  return name === "window" ? realm : made();
}

const ODD_VALUES = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  zero: () => 0,
  number: () => 42,
  "not-a-number": () => NaN,
  "big-integer": () => 9007199254740993n,
  symbol: () => Symbol("odd"),
  text: () => "A text",
  markup: () => "<b>Bold</b><img src=x onerror=\"throw new Error('the argument ran')\">",
  "long-text": () => "W".repeat(10_000),
  function: () => () => "what a function gives back",
  array: () => ["An", "array"],
  "empty-object": () => ({}),
  "null-prototype": () => Object.assign(Object.create(null), { odd: true }),
  cyclic: () => {
    /** @type {Record<string, unknown>} */
    const cyclic = {};
    for (const key of DOCUMENTED_KEYS) cyclic[key] = cyclic;
    return cyclic;
  },
  date: () => new Date(0),
  // The page's own, which `oddValue` finds.
  element: () => undefined,
  window: () => undefined,
  "throwing-getters": () =>
    Object.defineProperties({}, Object.fromEntries(DOCUMENTED_KEYS.map((key) => [key, { enumerable: true, get: explode }]))),
  "throwing-conversion": () => ({ toString: explode, valueOf: explode, toJSON: explode, [Symbol.toPrimitive]: explode }),
  "throwing-proxy": () => new Proxy({}, new Proxy({}, { get: () => explode })),
  "revoked-proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "polluting-keys": () =>
    parse(`{"__proto__": {"${POLLUTION}": true}, "constructor": {"prototype": {"${POLLUTION}": true}}, "message": "Merged"}`),
};

/** The keys that a careful or careless widget reads. */
const DOCUMENTED_KEYS = ["message", "inNewWindow", "customContext", "value", "isDisplayable"];

/**
 * The argument list of such a call: trailing arguments that are left out are not passed at all.
 * @param {OddCall} call
 * @param {Realm} realm
 */
function oddArguments(call, realm) {
  const value = (/** @type {string} */ name) => oddValue(name, realm);
  /** @type {unknown[]} */
  const list = [call.config === undefined ? {} : value(call.config)];
  if (call.message !== undefined) list[0] = { message: value(call.message) };
  if (call["show-prechat"] !== undefined) list[1] = value(call["show-prechat"]);
  if (call.options !== undefined) list[2] = value(call.options);
  if (call["in-new-window"] !== undefined) list[2] = { inNewWindow: value(call["in-new-window"]) };
  return [...list];
}

/**
 * Whether every object of a window has got what only polluting keys bring.
 * @param {Realm} realm
 */
function isPolluted(realm) {
  try {
    return POLLUTION in realm.Object.prototype;
  } catch {
    return false;
  }
}
