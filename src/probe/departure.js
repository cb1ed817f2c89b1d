// What a document leaves: to the next one of its origin what time it is, and which cookies have an end; to the harness what it
// has not been told yet.

/** Where a document's successor finds what time it is. */
const DEPARTURE = "lcw-harness.clock";

/**
 * The date at which a document starts, and the cookies that have an end: when the page itself came here from its own
 * origin, as they were when it left. And whether it did.
 * @param {Realm} root
 * @param {ClockStart} start
 * @returns {{ date: number, cookies: EndingCookie[], ledTo: boolean }}
 */
function arrival(root, start) {
  try {
    const left = parse(root.sessionStorage.getItem(DEPARTURE) ?? "null");
    root.sessionStorage.removeItem(DEPARTURE);
    const ledTo = left?.opening === start.opening;
    // A start that was chosen since the last document began is another scenario's, or a later visit's.
    return { ...(left && left.start <= start.date && start.date <= left.date ? left : start), ledTo };
  } catch {
    return { ...start, ledTo: false };
  }
}

/** @param {Realm} root @param {ClockStart} start @param {Clock} clock */
function departs(root, start, clock) {
  whenLeft(root, () => {
    try {
      const cookies = clock.cookies?.list() ?? [];
      root.sessionStorage.setItem(DEPARTURE, stringify({ start: start.date, opening: start.opening, date: clock.date(), cookies }));
    } catch {
      // A document without storage leaves nothing to its successor.
    }
  });
}

/**
 * Tells what a document still has to say when it is left.
 * @param {Realm} realm
 * @param {() => string} news
 * @param {Channel} channel
 */
function tellWhenLeft(realm, news, channel) {
  let told = "";
  const tell = () => {
    const text = news();
    if (text !== told) channel(text);
    told = text;
  };
  listen(realm, realm, "beforeunload", tell);
  whenLeft(realm, tell);
}
