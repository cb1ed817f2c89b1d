// The probe's own listeners on a window and its document. A page that writes its document anew, with `document.open` or with
// `document.write` once it has loaded, takes all listeners away; these are put back before anything runs in the new one.

/** @typedef {[target: EventTarget, type: string, listener: (event: any) => void, options: boolean | AddEventListenerOptions]} Listening */

/** @type {WeakMap<Realm, Listening[]>} */
const LISTENING = new WeakMap();

/** Tells whether the listeners are still there. */
const ROLL_CALL = "lcw-harness:roll-call";

/** The browser's own: that the probe listens is nothing that the page did. */
const { addEventListener: nativeListen, removeEventListener: nativeDeafen, dispatchEvent: nativeDispatch } = EventTarget.prototype;

/**
 * Listens for as long as there is the window.
 * @param {Realm} realm
 * @param {EventTarget} target the window or something in it
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {boolean | AddEventListenerOptions} options
 */
function listen(realm, target, type, listener, options = false) {
  let all = LISTENING.get(realm);
  if (!all) {
    all = [];
    LISTENING.set(realm, all);
    outliveDocuments(realm, all);
  }
  all.push([target, type, listener, options]);
  apply(nativeListen, target, [type, listener, options]);
}

/** @param {Realm} realm @param {Listening[]} all */
function outliveDocuments(realm, all) {
  let isThere = false;
  const answer = () => (isThere = true);
  all.push([realm, ROLL_CALL, answer, false]);
  apply(nativeListen, realm, [ROLL_CALL, answer]);
  const { Event } = realm;
  // Nothing, for a page that wants trusted text only, too.
  const nothing = /** @type {any} */ (realm).trustedTypes?.emptyHTML ?? "";
  const listenAgain = () => {
    isThere = false;
    apply(nativeDispatch, realm, [new Event(ROLL_CALL)]);
    if (isThere) return;
    for (const [target, ...listening] of all) apply(nativeListen, target, listening);
  };

  const { prototype } = realm.Document;
  const { open } = prototype;
  replace(prototype, "open", /** @this {Document} */ function (/** @type {[any, any, any]} */ ...values) {
    const opened = apply(open, this, values);
    if (this === realm.document) listenAgain();
    return opened;
  });
  for (const name of /** @type {const} */ (["write", "writeln"])) {
    const native = prototype[name];
    replace(prototype, name, /** @this {Document} */ function (/** @type {string[]} */ ...texts) {
      if (this === realm.document && this.readyState !== "loading") {
        // What opens the document writes nothing yet, as scripts in a text run at once.
        apply(native, this, [nothing]);
        listenAgain();
      }
      return apply(native, this, texts);
    });
  }
}

/** Events in which a document is left, in their order. */
const LEAVING = ["pagehide", "visibilitychange", "unload"];

/**
 * Does something when a document is left, and again behind whatever the page itself does then.
 * @param {Realm} realm
 * @param {() => void} last
 */
function whenLeft(realm, last) {
  const behind = () => last();
  listen(realm, realm, "pagehide", () => {
    last();
    // Behind the page's own, which it has added by now.
    for (const type of LEAVING) {
      apply(nativeDeafen, realm, [type, behind]);
      apply(nativeListen, realm, [type, behind]);
    }
  }, true);
  // It came back.
  listen(realm, realm, "pageshow", () => {
    for (const type of LEAVING) apply(nativeDeafen, realm, [type, behind]);
  }, true);
}
