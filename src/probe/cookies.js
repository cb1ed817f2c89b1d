// Cookies that end by the page's clock. Browsers let them end by their own, so a cookie is handed to the browser with a
// day more than it has, and is taken away when the page's time has come.
//
// What it does not see: cookies that a server sets, which end by the browser's clock.

/**
 * A cookie with an end.
 * @typedef {object} EndingCookie
 * @property {string} host whose it is; with a dot before it, it is that of all hosts below it, too
 * @property {string} id what makes it the same cookie as another
 * @property {string} gone what a page writes to be rid of it
 * @property {number} end in milliseconds since 1970
 */

/**
 * A cookie as a page writes it.
 * @typedef {{ pair: string, name: string, value: string, attributes: [name: string, value: string][] }} WrittenCookie
 */

const DAY = 86_400_000;

/** How long browsers keep a cookie at most, whatever it says. */
const LONGEST = 400 * DAY;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The parts of a cookie's date, in the order in which they are tried. @type {[string, RegExp][]} */
const COOKIE_DATE = [
  ["time", /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/],
  ["day", /^(\d{1,2})(?:\D|$)/],
  ["month", new RegExp(`^(${MONTHS.join("|")})`, "i")],
  ["year", /^(\d{2,4})(?:\D|$)/],
];

/** What says how long a cookie is kept. */
const ENDS = ["expires", "max-age"];

class EndingCookies {
  /** @type {Map<string, EndingCookie>} */
  #ending;
  /** When the first of this page's ends. */
  #next = Infinity;

  /**
   * @param {Realm} root
   * @param {{ date: () => number, realDate: () => number }} clocks the page's, and the browser's
   * @param {EndingCookie[]} ending those that are there already
   */
  constructor(root, { date, realDate }, ending) {
    this.root = root;
    this.date = date;
    this.realDate = realDate;
    this.write = cookieOf(root).set;
    this.#ending = new Map(ending.map((cookie) => [cookie.id, cookie]));
    this.#plan();
    this.end();
  }

  /** All that have an end, in this page and in those before it. */
  list() {
    return [...this.#ending.values()];
  }

  /** Takes away those whose time has come. */
  end() {
    const now = this.date();
    if (now < this.#next) return;
    for (const { host, id, gone, end } of this.list()) {
      if (end > now || !this.#sees(host)) continue;
      this.#ending.delete(id);
      try {
        apply(this.write, this.root.document, [gone]);
      } catch {
        // A sandboxed page has no cookies.
      }
    }
    this.#plan();
  }

  /** Whether the page has the cookies of this host. @param {string} host */
  #sees(host) {
    const { hostname } = this.root.location;
    return host.startsWith(".") ? hostname === host.slice(1) || hostname.endsWith(host) : hostname === host;
  }

  #plan() {
    const own = this.list().filter(({ host }) => this.#sees(host));
    this.#next = Math.min(...own.map(({ end }) => end));
  }

  /**
   * Notes when a cookie ends; gives for how many seconds the browser is to keep it, if it has an end.
   * @param {Realm} realm where it is written
   * @param {WrittenCookie} cookie
   * @param {number | null} end
   */
  note(realm, { name, attributes }, end) {
    const now = this.date();
    const domain = (lastOf(attributes, "domain") ?? "").replace(/^\./, "").toLowerCase();
    const host = domain === "" ? realm.location.hostname : `.${domain}`;
    const path = lastOf(attributes, "path", (value) => value.startsWith("/")) ?? folderOf(realm.location.pathname);
    const id = [host, name, path].join(" ");
    this.#ending.delete(id);
    const lasts = end !== null && end > now;
    if (lasts) {
      const others = attributes.filter(([attribute]) => attribute !== "path" && !ENDS.includes(attribute));
      this.#ending.set(id, { host, id, gone: written(`${name}=`, [...others, ["path", path], ["max-age", "0"]]), end });
    }
    this.#plan();
    return end === null ? null : lasts ? Math.ceil((end - now + DAY) / 1000) : 0;
  }

  /**
   * Has a window's cookies end by this clock.
   * @param {Realm} realm
   */
  install(realm) {
    const cookies = this;
    const native = cookieOf(realm);
    Object.defineProperty(realm.Document.prototype, "cookie", {
      ...native,
      set: /** @this {Document} */ function (/** @type {unknown} */ value) {
        const cookie = parseCookie(String(value));
        const left = cookies.note(realm, cookie, endOf(cookie, cookies.date()));
        const others = cookie.attributes.filter(([name]) => !ENDS.includes(name));
        if (left !== null) others.push(["max-age", String(left)]);
        apply(native.set, this, [written(cookie.pair, others)]);
      },
    });

    const store = /** @type {any} */ (realm).CookieStore?.prototype;
    if (!store) return;
    const { set } = store;
    replace(store, "set", /** @this {unknown} */ function (/** @type {any[]} */ ...values) {
      const [first] = values;
      const options = typeof first === "object" && first !== null ? first : null;
      const end = typeof options?.expires === "number" ? Math.min(Math.floor(options.expires), cookies.date() + LONGEST) : null;
      const left = cookies.note(realm, inStore(options ?? { name: first }), end);
      if (left === null) return apply(set, this, values);
      return apply(set, this, [{ ...options, expires: left && cookies.realDate() + left * 1000 }]);
    });
  }
}

/**
 * How a window's document reads and writes cookies.
 * @param {Realm} realm
 */
function cookieOf(realm) {
  return /** @type {Required<PropertyDescriptor>} */ (Object.getOwnPropertyDescriptor(realm.Document.prototype, "cookie"));
}

/**
 * A cookie by the rules of RFC 6265, section 5.2.
 * @param {string} text
 * @returns {WrittenCookie}
 */
function parseCookie(text) {
  const [pair, ...rest] = text.split(";");
  const halves = (/** @type {string} */ part) => {
    const at = part.indexOf("=");
    return at < 0 ? [part.trim(), ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  };
  const [name, value] = pair.includes("=") ? halves(pair) : ["", pair.trim()];
  return { pair, name, value, attributes: rest.map(halves).map(([attribute, value]) => [attribute.toLowerCase(), value]) };
}

/**
 * The cookie of a cookie store's `set`.
 * @param {{ name: unknown, path?: unknown, domain?: unknown, partitioned?: unknown }} options
 * @returns {WrittenCookie}
 */
function inStore({ name, path, domain, partitioned }) {
  /** @type {[string, string][]} */
  const attributes = [["path", String(path ?? "/")], ["secure", ""]];
  if (domain) attributes.push(["domain", String(domain)]);
  if (partitioned) attributes.push(["partitioned", ""]);
  return { pair: "", name: String(name), value: "", attributes };
}

/** @param {string} pair @param {[string, string][]} attributes */
function written(pair, attributes) {
  return [pair, ...attributes.map(([name, value]) => (value === "" ? name : `${name}=${value}`))].join("; ");
}

/**
 * The value of an attribute: of several it is the last that counts.
 * @param {[string, string][]} attributes
 * @param {string} wanted
 * @param {(value: string) => boolean} isValid
 */
function lastOf(attributes, wanted, isValid = () => true) {
  return attributes.findLast(([name, value]) => name === wanted && isValid(value))?.[1] ?? null;
}

/**
 * When a cookie ends, in milliseconds since 1970, if it has an end: of an age and a date it is the age that counts.
 * @param {WrittenCookie} cookie
 * @param {number} now
 */
function endOf({ attributes }, now) {
  const age = lastOf(attributes, "max-age", (value) => /^-?\d+$/.test(value));
  const date = lastOf(attributes, "expires", (value) => cookieDate(value) !== null);
  const end = age !== null ? now + Math.max(0, Number(age)) * 1000 : date !== null ? cookieDate(date) : null;
  return end === null ? null : Math.min(end, now + LONGEST);
}

/** The folder of a page, for which its cookies are. @param {string} path */
function folderOf(path) {
  const end = path.lastIndexOf("/");
  return end > 0 && path.startsWith("/") ? path.slice(0, end) : "/";
}

/**
 * When a cookie ends that says so, by the rules of RFC 6265, section 5.1.1, which are not those of `Date.parse`: a mere
 * number is no date, and browsers ignore it.
 * @param {string} text
 */
function cookieDate(text) {
  /** @type {Map<string, RegExpExecArray>} */
  const found = new Map();
  for (const token of text.split(/[\t -/;-@[-`{-~]+/)) {
    // Each part is the first that looks like it and like none before.
    const part = COOKIE_DATE.find(([name, pattern]) => !found.has(name) && pattern.test(token));
    const match = part && part[1].exec(token);
    if (match) found.set(part[0], match);
  }
  const [time, day, month, year] = COOKIE_DATE.map(([name]) => found.get(name));
  if (!time || !day || !month || !year) return null;
  const [hours, minutes, seconds] = time.slice(1).map(Number);
  const short = Number(year[1]);
  const full = short + (short < 70 ? 2000 : short < 100 ? 1900 : 0);
  const isDate = full >= 1601 && day[1] !== "0" && Number(day[1]) <= 31 && hours < 24 && minutes < 60 && seconds < 60;
  return isDate ? Date.UTC(full, MONTHS.indexOf(month[1].toLowerCase()), Number(day[1]), hours, minutes, seconds) : null;
}
