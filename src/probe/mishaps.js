// What stands in a visitor's way in any window of a page: errors and dialogs.

/** @param {Journal} journal @param {Realm} realm */
function watchErrors(journal, realm) {
  listen(realm, realm, "error", (/** @type {Event} */ event) => {
    if (event instanceof realm.ErrorEvent) {
      const { message, filename, lineno, colno } = event;
      journal.add("error", { text: message, raisedAt: filename ? `${filename}:${lineno}:${colno}` : null });
    } else if (event.target instanceof realm.HTMLScriptElement) {
      journal.add("script-failed", { url: event.target.src });
    }
  }, true);
  listen(realm, realm, "unhandledrejection", ({ reason }) => {
    const raisedAt = reason instanceof realm.Error ? placeOf(reason) : null;
    journal.add("error", { text: `unhandled rejection: ${describe(reason)}`, raisedAt });
  });
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
