// Values of a page on their way to the harness: as text, copied, and never too many.

// Taken before the page can replace them.
const { stringify, parse } = JSON;
const { apply } = Reflect;

/** How much of what a page can repeat without end is kept. */
const MOST = 200;

/** The most characters that are kept of an event's detail. */
const MOST_TEXT = 10_000;

/**
 * A value as JSON text. Half an emoji is no Unicode text and nobody could read it back.
 * @param {unknown} value
 */
function encode(value) {
  return stringify(value, (_, part) => (typeof part === "string" ? part.toWellFormed() : part));
}

/**
 * Adds to a list that a page could make endless.
 * @template T
 * @param {T[]} list
 * @param {T} item
 */
function keep(list, item) {
  if (list.length < MOST) list.push(item);
}

/**
 * A copy of what can be written as JSON, and of little size; null of all else. What a page holds may change
 * after it was seen.
 * @param {unknown} value
 */
function copied(value) {
  try {
    const text = encode(value) ?? "null";
    return text.length <= MOST_TEXT ? parse(text) : null;
  } catch {
    return null;
  }
}

/**
 * An answer as JSON can carry it, dates as text.
 * @param {unknown} value
 */
function plain(value) {
  return parse(encode(value) ?? "null");
}

/**
 * What a page's object gives, if it does not throw.
 * @template T
 * @param {() => T} take
 * @returns {T | undefined}
 */
function attempt(take) {
  try {
    return take();
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function describe(value) {
  try {
    return value instanceof Error || (typeof value === "object" && value !== null && "message" in value)
      ? String(/** @type {Error} */ (value).message)
      : String(value);
  } catch {
    return "a value that cannot be shown";
  }
}
