// Waits until a visitor can press something: a widget may let its panes slide in, or enable a button a moment later.

class Reach {
  /** @type {Set<() => void>} those who wait */
  #waiting = new Set();

  /** @param {Realm} realm whose time it is @param {Roots} roots */
  constructor(realm, roots) {
    this.later = realm.setTimeout.bind(realm);
    this.roots = roots;
  }

  /** Something in the page may look different. */
  changed() {
    for (const look of this.#waiting) look();
  }

  /**
   * Where an element can be pressed, as soon as it can and nothing moves it any more.
   * @param {() => HTMLElement | null} find
   * @param {number} within real milliseconds; what still moves then is pressed where it is
   * @returns {Promise<Point | null>}
   */
  async of(find, within) {
    const point = (/** @type {HTMLElement | null} */ element) => (element ? pressablePoint(element, this.roots) : null);
    const still = () => {
      const element = find();
      return element && isMoving(element) ? null : point(element);
    };
    const now = still();
    if (now) return now;
    return new Promise((resolve) => {
      const end = (/** @type {Point | null} */ at) => {
        this.#waiting.delete(look);
        resolve(at);
      };
      const look = () => {
        const at = still();
        if (at) end(at);
      };
      this.#waiting.add(look);
      this.later(() => end(point(find())), within);
    });
  }
}

/**
 * Whether an animation that comes to an end moves or fades an element, or what is around it.
 * @param {Element} element
 */
function isMoving(element) {
  /** @type {Node | null | undefined} */
  let node = element;
  for (; node; node = above(node)) {
    if (!("getAnimations" in node) || !("checkVisibility" in node)) continue;
    const animations = /** @type {Element} */ (node).getAnimations();
    if (animations.some((animation) => animation.playState === "running" && endTimeOf(animation) !== Infinity)) return true;
  }
  return false;
}

/** @param {Animation} animation */
function endTimeOf(animation) {
  return animation.effect?.getComputedTiming().endTime ?? 0;
}
