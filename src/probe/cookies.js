// Cookies that a page sets by its own clock, in a browser that has another.

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The parts of a cookie's date, in the order in which they are tried. @type {[string, RegExp][]} */
const COOKIE_DATE = [
  ["time", /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/],
  ["day", /^(\d{1,2})(?:\D|$)/],
  ["month", new RegExp(`^(${MONTHS.join("|")})`, "i")],
  ["year", /^(\d{2,4})(?:\D|$)/],
];

/**
 * A cookie with its end in real time, by which the browser goes; the page wrote it by its own clock.
 * @param {string} cookie
 * @param {Clock} clock
 */
function inRealTime(cookie, clock) {
  /** @type {number | null} */
  let expires = null;
  const text = cookie.replace(/(;\s*expires\s*=\s*)([^;]*)/i, (whole, before, date) => {
    const end = cookieDate(date);
    if (end === null) return whole;
    expires = end;
    return before + clock.toRealDate(end);
  });
  return { text, expires };
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
