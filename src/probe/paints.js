// Waits until windows have painted what was changed in them.

/** How long a window has to paint, in real milliseconds. */
const PAINT_PATIENCE = 250;

/** How often it is waited for windows that came while others painted. */
const PAINT_ROUNDS = 4;

class Paints {
  /** @type {Set<{ probe: Probe, over: () => void }>} */
  #awaited = new Set();

  /** @param {Realm} realm whose time it is */
  constructor(realm) {
    this.later = realm.setTimeout.bind(realm);
  }

  /**
   * Waits until each window has painted, those too that come meanwhile or get another document. One that comes and goes
   * all the time is not waited for for ever.
   * @param {() => Probe[]} probes of the windows that are there
   */
  async all(probes) {
    /** @type {Set<Document>} */
    const painted = new Set();
    for (let round = 0; round < PAINT_ROUNDS; round += 1) {
      const waiting = probes().filter(({ realm }) => !painted.has(realm.document));
      if (waiting.length === 0) return;
      for (const { realm } of waiting) painted.add(realm.document);
      await Promise.all(waiting.map((probe) => this.#one(probe)));
    }
  }

  /**
   * Waits until a window has painted, or has had the time to: one may become hidden meanwhile, or go away.
   * Of a window that is gone no function is called any more, and no promise kept, so the waiting is this one's.
   * @param {Probe} probe
   */
  async #one(probe) {
    const paint = { probe, over: () => {} };
    this.#awaited.add(paint);
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      paint.over = resolve;
      this.later(resolve, PAINT_PATIENCE);
      probe.paint().then(resolve, resolve);
    });
    this.#awaited.delete(paint);
  }

  /**
   * The document that a window showed is left or replaced: it paints no more.
   * @param {Probe} probe
   */
  left(probe) {
    for (const paint of this.#awaited) if (paint.probe === probe) paint.over();
  }
}
