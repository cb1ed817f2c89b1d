// What a visitor does to a whole page and no input of WebDriver can do.

/** @typedef {"top" | "bottom" | { percent: number } | { pixels: number }} ScrollTo */

/** Events that go up from where the mouse is. */
const UP = { bubbles: true, cancelable: true, composed: true };

/** Where the mouse is at the upper edge, and beyond it. */
const [EDGE, OUTSIDE] = [1, -1];

/**
 * Scrolls the page at once.
 * @param {Realm} realm
 * @param {Roots} roots
 * @param {ScrollTo} to
 */
function scrollPage(realm, roots, to) {
  const scroller = scrollerOf(realm, roots);
  const { scrollHeight, clientHeight } = scroller;
  const end = Math.max(0, scrollHeight - clientHeight);
  const top =
    to === "top" ? 0 : to === "bottom" ? end : "percent" in to ? (end * to.percent) / 100 : to.pixels;
  scroller.scrollTo({ top, behavior: "instant" });
}

/**
 * What a visitor scrolls: what is in the middle of the page and most of it, or all that can be scrolled; else the page
 * itself.
 * @param {Realm} realm
 * @param {Roots} roots
 * @returns {Element}
 */
function scrollerOf(realm, roots) {
  const { document, innerWidth, innerHeight } = realm;
  const page = document.scrollingElement ?? document.documentElement;
  // The window takes the body's word for how the page scrolls, unless the root has one of its own.
  const isOwn = realm.getComputedStyle(document.documentElement).overflowY !== "visible";
  const around = (/** @type {any} */ node) => /** @type {Node | null | undefined} */ (node.assignedSlot ?? above(node));
  const middle = /** @type {Node | null | undefined} */ (roots.hit(document, innerWidth / 2, innerHeight / 2));
  for (let node = middle; node; node = around(node)) {
    if (node === page || node.nodeType !== 1 || (node === document.body && !isOwn)) continue;
    const element = /** @type {Element} */ (node);
    const { scrollHeight, clientHeight, clientWidth } = element;
    if (scrollHeight <= clientHeight || !/auto|scroll/.test(realm.getComputedStyle(element).overflowY)) continue;
    if (clientHeight * clientWidth * 2 > innerHeight * innerWidth || page.scrollHeight <= page.clientHeight) return element;
  }
  return page;
}

/**
 * The mouse moves up and leaves the page over its upper edge, or comes back over it. WebDriver's pointer cannot leave the viewport,
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
  const halfway = middle(top, bottom, realm.innerHeight);
  const inside = document.elementFromPoint(x, halfway) ?? document.documentElement;
  const [over, cross, y] = way === "leaves" ? ["out", "leave", OUTSIDE] : ["over", "enter", EDGE];
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
  const moves = (/** @type {number} */ to, /** @type {number} */ movementY) => {
    const how = { ...UP, clientY: to, screenY: to, movementY };
    for (const type of ["pointer", "mouse"]) raise(inside, `${type}move`, how);
  };
  // Whatever goes out has moved up to the edge.
  if (way === "leaves") {
    moves(halfway, 0);
    moves(EDGE, EDGE - halfway);
  }
  for (const type of ["pointer", "mouse"]) {
    raise(inside, type + over, UP);
    for (const node of path) raise(node, type + cross);
  }
  // Whatever comes in has moved.
  if (way === "enters") moves(EDGE, EDGE - OUTSIDE);
}
