// What time it is, wherever a page can ask.

/** @param {Clock} clock @param {Realm} realm */
function installDates(clock, realm) {
  const NativeDate = realm.Date;
  const now = () => clock.date();
  const ClockDate = new Proxy(NativeDate, {
    construct: (target, values, newTarget) => Reflect.construct(target, values.length ? values : [now()], newTarget),
    apply: () => new NativeDate(now()).toString(),
    get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
  });
  NativeDate.prototype.constructor = ClockDate;
  replace(realm, "Date", ClockDate);
  const origin = clock.originOf(realm);
  replace(realm.performance, "now", () => clock.now() - origin);
  if (clock.strict) installStart(clock, realm, origin);
}

/**
 * The rest of what a page can ask, for a clock that no real time shines through.
 * @param {Clock} clock
 * @param {Realm} realm
 * @param {number} origin when the document began, on the clock
 */
function installStart(clock, realm, origin) {
  const { performance, document, Intl } = realm;
  const began = clock.date();
  replace(performance, "timeOrigin", began);

  // Loading takes no time on the clock.
  const { timing } = performance;
  /** @type {Record<string, number>} */
  const still = {};
  replace(performance, "timing", new Proxy(still, {
    get: (_, key) => {
      const value = timing?.[/** @type {"navigationStart"} */ (key)];
      return typeof value === "number" && value > 0 ? began : typeof value === "function" ? () => ({}) : value;
    },
  }));
  const { mark, measure } = performance;
  replace(performance, "mark", (/** @type {string} */ name, /** @type {PerformanceMarkOptions} */ options = {}) =>
    apply(mark, performance, [name, { ...options, startTime: options?.startTime ?? performance.now() }]));
  replace(performance, "measure", (/** @type {string} */ name, /** @type {any} */ start, /** @type {any} */ end) => {
    const options = typeof start === "object" && start ? start : { start, end };
    const open = options.end === undefined && options.duration === undefined;
    return apply(measure, performance, [name, { start: 0, ...options, ...(open ? { end: performance.now() } : {}), ...(options.start === undefined ? { start: 0 } : {}) }]);
  });

  replaceGetter(document.timeline, "currentTime", () => clock.now() - origin);

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
