// Values of a page on their way to the harness: as text, copied, and never too many.

// Taken before the page can replace them.
const { stringify, parse } = JSON;
const { defineProperty, entries, fromEntries, setPrototypeOf, values } = Object;
const { isArray } = Array;
const { apply } = Reflect;

/** How much of what a page can repeat without end is kept. */
const MOST = 200;

/** The most characters that are kept of an event's detail. */
const MOST_TEXT = 10_000;

/** The most levels that are kept of what a page gives; whoever reads it gives up on many more. */
const MOST_LEVELS = 60;

/**
 * A value as JSON text. Half an emoji is no Unicode text and nobody could read it back.
 * @param {unknown} value
 */
function encode(value) {
  const text = stringify("toJSON" in [] || "toJSON" in {} ? ownOnly(value) : value, (_, part) => (typeof part === "string" ? part.toWellFormed() : part));
  // What is left of halves is in names.
  return text?.includes("\\ud") ? stringify(parse(text, (_, part) => wellNamed(part))) : text;
}

/**
 * A copy that is written as it is, although the page says how all arrays or objects are written, as old libraries do.
 * @param {unknown} value
 * @returns {unknown}
 */
function ownOnly(value) {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return defineProperty(value.map(ownOnly), "toJSON", { value: undefined });
  return setPrototypeOf(fromEntries(entries(value).map(([name, part]) => [name, ownOnly(part)])), null);
}

/**
 * An object whose properties have names that are Unicode text.
 * @param {unknown} value
 */
function wellNamed(value) {
  if (typeof value !== "object" || value === null || isArray(value)) return value;
  return fromEntries(entries(value).map(([name, part]) => [name.toWellFormed(), part]));
}

/**
 * @param {unknown} value
 * @returns {boolean} whether there is more in it than so many levels
 */
function isDeeper(value, levels = MOST_LEVELS) {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || values(value).some((part) => isDeeper(part, levels - 1));
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
 * A copy of what can be written as JSON, and of little size and depth; null of all else. What a page holds may change
 * after it was seen.
 * @param {unknown} value
 */
function copied(value) {
  try {
    const text = encode(value) ?? "null";
    if (text.length > MOST_TEXT) return null;
    const copy = parse(text);
    return isDeeper(copy) ? null : copy;
  } catch {
    return null;
  }
}

/**
 * An answer as JSON can carry it, dates as text; null if it is too deep.
 * @param {unknown} value
 */
function plain(value) {
  const copy = parse(encode(value) ?? "null");
  return isDeeper(copy) ? null : copy;
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
