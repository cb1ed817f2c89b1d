// When animations began. They run in real time, but where a page asks or says when, it is by the document's timeline, which
// is the clock's.

/**
 * Before {@link installDates}, which takes the browser's timeline away.
 * @param {Clock} clock
 * @param {Realm} realm
 */
function installAnimations(clock, realm) {
  /** @type {any} */
  const { prototype } = realm.Animation;
  const native = Object.getOwnPropertyDescriptor(prototype, "startTime");
  const timeline = Object.getOwnPropertyDescriptor(/** @type {any} */ (realm).AnimationTimeline.prototype, "currentTime")?.get;
  if (!native?.get || !native.set || !timeline) return;
  const current = () => apply(timeline, realm.document.timeline, []) ?? 0;
  const { get, set } = native;
  const origin = clock.originOf(realm);
  /** What the browser was given or gave, and what it is to the page. @type {WeakMap<Animation, { real: number, shown: number }>} */
  const known = new WeakMap();
  /** How far the browser's timeline is ahead of the page's. */
  const ahead = () => current() - (clock.virtual - origin());
  Object.defineProperty(prototype, "startTime", {
    ...native,
    /** @this {Animation} */
    get() {
      const real = apply(get, this, []);
      if (typeof real !== "number" || this.timeline !== realm.document.timeline) return real;
      const before = known.get(this);
      if (before?.real === real) return before.shown;
      const shown = real - ahead();
      known.set(this, { real, shown });
      return shown;
    },
    /** @this {Animation} */
    set(time) {
      const isTime = typeof time === "number" && this.timeline === realm.document.timeline;
      apply(set, this, [isTime ? time + ahead() : time]);
      if (isTime) known.set(this, { real: apply(get, this, []), shown: time });
    },
  });
}
