// What a visitor does to a whole page and no input of WebDriver can do.

/** @typedef {"top" | "bottom" | { percent: number } | { pixels: number }} ScrollTo */

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
  const x = Math.floor(realm.innerWidth / 2);
  const inside = document.elementFromPoint(x, 0) ?? document.documentElement;
  const [over, cross, y] = way === "leaves" ? ["out", "leave", -1] : ["over", "enter", 1];
  /** @type {MouseEventInit} */
  const where = { clientX: x, clientY: y, screenX: x, screenY: y, relatedTarget: null, view: realm };
  /** @type {(EventTarget)[]} the element under the mouse and all around it, the innermost first */
  const path = [];
  for (let node = /** @type {Node | null} */ (inside); node; node = node.parentNode) path.push(node);
  if (way === "enters") path.reverse();
  for (const type of /** @type {const} */ (["pointer", "mouse"])) {
    const Kind = type === "pointer" ? realm.PointerEvent : realm.MouseEvent;
    inside.dispatchEvent(new Kind(`${type}${over}`, { ...where, bubbles: true, cancelable: true, composed: true }));
    for (const node of path) node.dispatchEvent(new Kind(`${type}${cross}`, where));
  }
}
