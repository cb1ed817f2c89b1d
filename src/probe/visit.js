// What a visitor does to a whole page and no input of WebDriver can do.

/** @typedef {"top" | "bottom" | { percent: number } | { pixels: number }} ScrollTo */

/** Events that go up from where the mouse is. */
const UP = { bubbles: true, cancelable: true, composed: true };

/**
 * Scrolls the page at once.
 * @param {Realm} realm
 * @param {ScrollTo} to
 */
function scrollPage(realm, to) {
  const { scrollHeight, clientHeight } = realm.document.scrollingElement ?? realm.document.documentElement;
  const end = Math.max(0, scrollHeight - clientHeight);
  const top =
    to === "top" ? 0 : to === "bottom" ? end : "percent" in to ? (end * to.percent) / 100 : to.pixels;
  realm.scrollTo({ top, behavior: "instant" });
}

/**
 * The mouse leaves the page over its upper edge, or comes back over it. WebDriver's pointer cannot leave the viewport,
 * so these are events of page code (`isTrusted` is false) in the order in which browsers fire theirs.
 * @param {Realm} realm
 * @param {"leaves" | "enters"} way
 */
function crossEdge(realm, way) {
  const { document } = realm;
  // Where a visitor's mouse would be: over what the page shows, not over the margin around it.
  const { left, right, top, bottom } = (document.body ?? document.documentElement).getBoundingClientRect();
  const middle = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ end) =>
    Math.floor((Math.max(0, from) + Math.min(end, to)) / 2);
  const x = middle(left, right, realm.innerWidth);
  const inside = document.elementFromPoint(x, middle(top, bottom, realm.innerHeight)) ?? document.documentElement;
  const [over, cross, y] = way === "leaves" ? ["out", "leave", -1] : ["over", "enter", 1];
  const where = { clientX: x, clientY: y, screenX: x, screenY: y, relatedTarget: null, view: realm };
  const pointer = { pointerId: 1, pointerType: "mouse", isPrimary: true };
  /** @type {(EventTarget)[]} the element under the mouse and all around it, the innermost first */
  const path = [];
  for (let node = /** @type {Node | null} */ (inside); node; node = node.parentNode) path.push(node);
  if (way === "enters") path.reverse();
  /** @param {EventTarget} target @param {string} name @param {EventInit} how */
  const raise = (target, name, how = {}) =>
    target.dispatchEvent(
      name.startsWith("pointer")
        ? new realm.PointerEvent(name, { ...where, ...pointer, ...how })
        : new realm.MouseEvent(name, { ...where, ...how }),
    );
  for (const type of ["pointer", "mouse"]) {
    raise(inside, type + over, UP);
    for (const node of path) raise(node, type + cross);
  }
  // Whatever comes in has moved.
  if (way === "enters") for (const type of ["pointer", "mouse"]) raise(inside, `${type}move`, UP);
}
