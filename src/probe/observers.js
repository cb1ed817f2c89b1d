// What a page observes is told of when its window is painted next, which is in real time. A held clock stands still until
// then, so that what begins to be observed is seen at the time at which it was asked for.

/** How often in one `advance`: a page that observes anew all the time must not hold up its own clock. */
const MOST_OBSERVED = 50;

/**
 * Before {@link installFrames}, which takes the browser's frames away.
 * @param {Pending} pending
 * @param {Realm} realm
 */
function watchObservers(pending, realm) {
  const nextFrame = realm.requestAnimationFrame.bind(realm);
  let isFramed = false;
  /** @type {string | null} what was observed while the window was hidden, which paints nothing then */
  let unseen = null;

  /** @param {string} what */
  const observed = (what) => {
    if (realm.document.visibilityState === "hidden") {
      unseen = what;
      return;
    }
    // Whatever is observed until the next frame is told of with it.
    if (isFramed || !pending.mayObserve()) return;
    isFramed = true;
    const end = pending.begin(realm, what);
    const over = () => {
      isFramed = false;
      end();
    };
    // A frame that is not displayed paints nothing either.
    pending.later(over, PAINT_PATIENCE);
    nextFrame(() => {
      isFramed = false;
      // Callbacks come behind a frame, in tasks that it has set.
      nextFrame(() => pending.later(end, 0));
    });
  };

  for (const name of ["IntersectionObserver", "ResizeObserver"]) {
    const prototype = /** @type {any} */ (realm)[name]?.prototype;
    const observe = prototype?.observe;
    if (!observe) continue;
    replace(prototype, "observe", /** @this {unknown} */ function (/** @type {unknown[]} */ ...values) {
      const answer = apply(observe, this, values);
      observed(`${name}.observe`);
      return answer;
    });
  }
  listen(realm, realm, "visibilitychange", () => {
    const what = unseen;
    unseen = null;
    if (what !== null) observed(what);
  }, true);
}
