// A page that goes to another one does nothing more, and one that goes to another place in itself is told so in a task
// of its own, before the next timer.

/**
 * @param {Pending} pending
 * @param {Realm} realm
 */
function watchMoves(pending, realm) {
  /** @type {any} */
  const { navigation } = /** @type {any} */ (realm);
  if (!navigation) return;
  /** @type {(() => void)[]} changes of the hash that the page has not been told of, the first one first */
  const hashes = [];
  const page = {};
  const traversal = {};
  const over = () => {
    pending.end(page);
    pending.end(traversal);
  };

  navigation.addEventListener("navigate", (/** @type {any} */ event) => {
    const { url, sameDocument } = event.destination;
    if (event.hashChange && url !== realm.location.href) hashes.push(pending.begin(realm, `the hash ${url}`));
    if (sameDocument || event.hashChange || event.downloadRequest !== null || !/^https?:/.test(url)) return;
    pending.begin(realm, `the page ${url}`, page);
  });
  listen(realm, realm, "hashchange", () => hashes.shift()?.(), true);
  listen(realm, realm, "popstate", () => pending.end(traversal), true);
  navigation.addEventListener("navigatesuccess", () => pending.end(page));
  navigation.addEventListener("navigateerror", () => {
    over();
    // A page that forbids it is told nothing else.
    hashes.pop()?.();
  });

  const { prototype } = /** @type {any} */ (realm).NavigateEvent ?? {};
  const intercept = prototype?.intercept;
  if (intercept) {
    replace(prototype, "intercept", /** @this {any} */ function (/** @type {unknown[]} */ ...values) {
      apply(intercept, this, values);
      // The page does itself what is left to do, for as long as it likes.
      over();
      if (this.hashChange) hashes.pop()?.();
    });
  }

  const { history } = realm;
  const { prototype: moving } = realm.History;
  for (const [name, by] of /** @type {const} */ ([["back", () => -1], ["forward", () => 1], ["go", Number]])) {
    const native = /** @type {(...values: any[]) => void} */ (moving[name]);
    replace(moving, name, /** @this {History} */ function (/** @type {any[]} */ ...values) {
      apply(native, this, values);
      const delta = Math.trunc(by(values[0])) || 0;
      const entry = this === history && delta !== 0 && navigation.entries()[navigation.currentEntry?.index + delta];
      if (entry?.sameDocument) pending.begin(realm, `the way to ${entry.url}`, traversal);
    });
  }
}
