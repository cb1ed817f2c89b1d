// The times of events: those of the page's clock, as whatever a page compares them with is.

/** What a visitor does; a page may keep such an event and look at its time later. */
const INPUT = [
  "pointerdown", "pointerup", "mousedown", "mouseup", "click", "dblclick", "auxclick", "contextmenu", "touchstart", "touchend",
  "keydown", "keypress", "keyup", "beforeinput", "input", "change", "submit", "wheel", "pointermove", "mousemove",
];

/**
 * @param {Clock} clock
 * @param {Realm} realm
 */
function installEventTimes(clock, realm) {
  const native = Object.getOwnPropertyDescriptor(realm.Event.prototype, "timeStamp");
  if (!native?.get) return;
  const { get } = native;
  const origin = clock.originOf(realm);
  /** @type {WeakMap<Event, number>} */
  const times = new WeakMap();
  const timeOf = (/** @type {Event} */ event) => {
    const real = apply(get, event, []);
    if (!clock.held) return real;
    // Nothing is told of when an event was made: it is the first time that anybody asks, or that of its input.
    const time = times.get(event) ?? clock.virtual - origin();
    times.set(event, time);
    return time;
  };
  Object.defineProperty(realm.Event.prototype, "timeStamp", {
    ...native,
    /** @this {Event} */
    get() {
      return timeOf(this);
    },
  });
  for (const type of INPUT) listen(realm, realm, type, timeOf, { capture: true, passive: true });
}
