// What time it is, wherever a page can ask.

/** @param {Clock} clock @param {Realm} realm */
function installDates(clock, realm) {
  const NativeDate = realm.Date;
  const now = () => clock.date();
  const ClockDate = new Proxy(NativeDate, {
    construct: (target, values, newTarget) => Reflect.construct(target, values.length ? values : [now()], newTarget),
    apply: () => new NativeDate(now()).toString(),
  });
  // On the browser's own, as a page may freeze it or put its own in the place of this.
  replace(NativeDate, "now", now);
  NativeDate.prototype.constructor = ClockDate;
  replace(realm, "Date", ClockDate);
  const origin = clock.originOf(realm);
  // A window may get another document, and with it other objects, while its prototypes stay.
  replace(realm.Performance.prototype, "now", () => clock.now() - origin());
  if (clock.strict) installStart(clock, realm, origin);
  else if (clock.held) replaceGetter(realm.Performance.prototype, "timeOrigin", () => clock.rootOrigin + origin());
}

/**
 * The rest of what a page can ask, for a clock that no real time shines through.
 * @param {Clock} clock
 * @param {Realm} realm
 * @param {() => number} origin when the document began, on the clock
 */
function installStart(clock, realm, origin) {
  const { Intl } = realm;
  const { prototype: measuring } = realm.Performance;
  const began = clock.date();
  replaceGetter(measuring, "timeOrigin", () => began);

  // Loading takes no time on the clock.
  const timing = Object.getOwnPropertyDescriptor(measuring, "timing")?.get;
  if (timing) {
    replaceGetter(measuring, "timing", /** @this {Performance} */ function () {
      const real = apply(timing, this, []).toJSON();
      return Object.fromEntries(Object.entries(real).map(([name, time]) => [name, time && began]));
    });
  }
  const { mark, measure } = measuring;
  replace(measuring, "mark", /** @this {Performance} */ function (/** @type {string} */ name, /** @type {PerformanceMarkOptions} */ options) {
    return apply(mark, this, [name, { ...options, startTime: options?.startTime ?? this.now() }]);
  });
  replace(measuring, "measure", /** @this {Performance} */ function (/** @type {string} */ name, /** @type {any} */ from, /** @type {any} */ to) {
    const { start, end, duration, detail } = from && typeof from === "object" ? from : { start: from, end: to };
    // Two of the three are enough, and what is left out is the start of the document, and now.
    const limits = duration === undefined ? { start: start ?? 0, end: end ?? this.now() } : end === undefined ? { start: start ?? 0, duration } : { end, duration };
    return apply(measure, this, [name, { detail, ...limits }]);
  });

  const { prototype: timeline } = /** @type {any} */ (realm).AnimationTimeline;
  const current = Object.getOwnPropertyDescriptor(timeline, "currentTime")?.get;
  replaceGetter(timeline, "currentTime", /** @this {AnimationTimeline} */ function () {
    return this === realm.document.timeline ? clock.now() - origin() : current && apply(current, this, []);
  });

  // A format without a date shows today's.
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, "format")?.get;
  if (format) {
    replaceGetter(prototype, "format", /** @this {Intl.DateTimeFormat} */ function () {
      const native = apply(format, this, []);
      return (/** @type {unknown} */ date) => native(date === undefined ? clock.date() : date);
    });
  }
  const { formatToParts } = prototype;
  replace(prototype, "formatToParts", /** @this {Intl.DateTimeFormat} */ function (/** @type {Date} */ date) {
    return apply(formatToParts, this, [date === undefined ? clock.date() : date]);
  });

  /** @type {any} */
  const temporal = /** @type {any} */ (realm).Temporal;
  if (!temporal?.Now) return;
  const { Instant, Now } = temporal;
  const instant = () => Instant.fromEpochMilliseconds(clock.date());
  const zoned = (/** @type {unknown} */ zone = Now.timeZoneId()) => instant().toZonedDateTimeISO(zone);
  replace(Now, "instant", instant);
  replace(Now, "zonedDateTimeISO", zoned);
  replace(Now, "plainDateTimeISO", (/** @type {unknown} */ zone) => zoned(zone).toPlainDateTime());
  replace(Now, "plainDateISO", (/** @type {unknown} */ zone) => zoned(zone).toPlainDate());
  replace(Now, "plainTimeISO", (/** @type {unknown} */ zone) => zoned(zone).toPlainTime());
}

/** @param {object} owner @param {string} name @param {() => unknown} get */
function replaceGetter(owner, name, get) {
  Object.defineProperty(owner, name, { get, configurable: true });
}
