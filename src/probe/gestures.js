// Whether a page does something in a visitor's gesture. A browser says so by its own clock, by which no time has passed.

/** How long after it a browser lets a page do what needs one, in milliseconds. */
const GESTURE_LASTS = 5_000;

/** What of a visitor's input is one. */
const PRESSES = ["mousedown", "pointerdown", "pointerup", "touchend", "keydown"];

class Gestures {
  /** When the visitor pressed something last, on the clock. @type {number | null} */
  #pressedAt = null;

  /** @param {Clock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /** @param {Realm} realm */
  follow(realm) {
    const pressed = (/** @type {Event} */ { isTrusted }) => {
      if (isTrusted) this.#pressedAt = this.clock.virtual;
    };
    for (const type of PRESSES) listen(realm, realm, type, pressed, { capture: true, passive: true });
  }

  /**
   * @param {Realm} realm
   * @returns {"yes" | "no" | "unknown"}
   */
  state(realm) {
    const { isActive } = realm.navigator.userActivation ?? {};
    if (isActive === undefined) return "unknown";
    const isLong = this.#pressedAt !== null && this.clock.virtual - this.#pressedAt > GESTURE_LASTS;
    return isActive && !isLong ? "yes" : "no";
  }
}
