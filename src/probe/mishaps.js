// What stands in a visitor's way in any window of a page: errors and dialogs.

/** What the places of this script begin with; Rust gives it its name. */
const PROBE_PLACE = "lcw-probe:";

/** @param {Journal} journal @param {Realm} realm */
function watchErrors(journal, realm) {
  listen(realm, realm, "error", (/** @type {Event} */ event) => {
    if (event instanceof realm.ErrorEvent) {
      journal.add("error", { text: event.message, raisedAt: raisedAt(journal, event) });
    } else if (event.target instanceof realm.HTMLScriptElement) {
      journal.add("script-failed", { url: event.target.src });
    }
  }, true);
  listen(realm, realm, "unhandledrejection", ({ reason }) => {
    const raisedAt = reason instanceof realm.Error ? placeOf(reason) : null;
    journal.add("error", { text: `unhandled rejection: ${describe(reason)}`, raisedAt });
  });
}

/**
 * Where an error was raised in the page. What the probe threw, or a function of the browser's that the probe called for the
 * page, was raised where the page called the probe; the widget that did is not to blame.
 * @param {Journal} journal
 * @param {ErrorEvent} event
 */
function raisedAt(journal, { filename, lineno, colno, error }) {
  const told = filename ? `${filename}:${lineno}:${colno}` : null;
  const stack = attempt(() => String(error?.stack ?? "")) ?? "";
  const [first] = /[^\s(@<]+:\d+:\d+(?=\)?$)/m.exec(stack) ?? [];
  if (![told, first].some((place) => place?.startsWith(PROBE_PLACE))) return told;
  const place = placeOf({ stack });
  return place !== null && journal.isWidgets(place) ? null : place;
}

/** @param {Journal} journal @param {Realm} realm */
function watchDialogs(journal, realm) {
  for (const dialog of /** @type {const} */ (["alert", "confirm", "prompt"])) {
    const native = /** @type {(...values: unknown[]) => unknown} */ (realm[dialog].bind(realm));
    replace(realm, dialog, (/** @type {unknown[]} */ ...values) => {
      journal.add("dialog", { dialog, message: values.length ? describe(values[0]) : "" });
      return native(...values);
    });
  }
  // Nobody prints here, and a browser may wait without end for a printer: the page is told of a beginning and an end.
  replace(realm, "print", () => {
    for (const type of ["beforeprint", "afterprint"]) apply(nativeDispatch, realm, [new realm.Event(type)]);
  });
}
