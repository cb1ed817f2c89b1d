// The page's clock. It runs with real time until it is held; from then on it moves only by `advance`. With the
// option `clock` it is strict: held before the page's first script, at a date of the harness's choice, and it
// stands still while the page waits for the network or for a message.
//
// One clock serves a window and all same-origin frames in it, so that their timers fire in one order; a strict one
// serves the same-origin windows that the page opens, too.
//
// What it moves: timeouts, intervals, animation frames, idle callbacks, dates, `performance.now` and
// `event.timeStamp`; a strict one also `AbortSignal.timeout`, delayed tasks of the scheduler, `performance.timeOrigin`,
// `timing`, `mark` and `measure`, `document.timeline.currentTime`, `animation.startTime`, what `Intl` and `Temporal`
// take for today, and the ends of cookies that scripts set.
//
// What it does not move: workers, worklets, CSS transitions and animations, media, what observers of intersections and
// sizes say later than at once, frames and windows of other origins, windows without an opener, time limits of requests
// and of geolocation, entries of the performance timeline that the browser makes, and the timestamps of positions. It does
// not wait for sockets, event streams and
// images, and for what a page imports only where it may have been asked for: when something came, when a timer fires
// for the first time, and at the end of an advance.

/** Where a strict clock starts. @typedef {object} ClockStart
 * @property {number} date what `Date.now()` says, in milliseconds since 1970
 * @property {number} opening which opening of a page it is
 * @property {number} patience how long it is waited for the page's requests at a time, in real milliseconds
 * @property {number} deadline how long one `advance` may take, in real milliseconds
 * @property {number} mostTimers how many timers one `advance` may fire
 * @property {EndingCookie[]} cookies those with an end that pages before this one have set
 * @property {string | null} imports the path at which the harness says when imported scripts have come, if it does
 */

/** Milliseconds between two animation frames of a held clock. */
const FRAME = 1000 / 60;

/** How many timers a strict clock fires in one task of its own. */
const BATCH = 100;

/** How many messages that are answered by messages a strict clock waits for. */
const MOST_ROUNDS = 1000;

/** How many timeouts may fire at a strict clock's one moment before they are slowed down like nested ones. */
const CROWD = 1000;

/** How often a page may look at a held clock in one task. Whoever looks more often waits for it to move. */
const MOST_LOOKS = 100_000;

/** How many looks are so few that it does not matter in which task they are. */
const FEW_LOOKS = 1_000;

class Clock {
  /** @param {Realm} root @param {ClockStart | null} start makes it strict */
  constructor(root, start = null) {
    this.start = start;
    this.strict = start !== null;
    this.held = this.strict;
    /** @type {Map<number, Timer>} */
    this.timers = new Map();
    this.queue = new TimerQueue();
    this.unseen = new UnseenFrames();
    /** The timer whose promise jobs run. @type {Timer | null} */
    this.running = null;
    this.lastId = 0;
    this.lastOrder = 0;
    this.depth = 0;
    const performance = root.performance;
    this.realNow = performance.now.bind(performance);
    this.realDate = root.Date.now;
    this.rootOrigin = performance.timeOrigin;
    this.heldAt = 0;
    const arrived = start && arrival(root, start);
    /** Whether a page of this origin led here, and not the harness. */
    this.ledTo = arrived?.ledTo ?? false;
    this.heldDate = arrived?.date ?? 0;
    this.virtual = 0;
    this.looks = 0;
    /** @type {(() => void) | null} */
    this.wake = null;
    this.macrotask = macrotasks(root, 0, () => {});
    this.turn = macrotasks(root, this.strict ? BATCH : 1, () => this.wake?.());
    this.pending = start && new Pending(root, () => this.virtual);
    this.imports = start?.imports ? new Imports(root, start.imports) : null;
    this.fired = this.strict ? new FiredTimers() : null;
    this.rounds = MOST_ROUNDS;
    /** Whether the next timer fires although the page talks to itself. */
    this.interrupts = false;
    /** When the last `advance` began, on the clock. */
    this.advancedAt = 0;
    this.cookies = arrived && new EndingCookies(root, { date: () => this.instant(), realDate: this.realDate }, arrived.cookies);
    if (start) departs(root, start, this);
  }

  /** Milliseconds since the clock began: of one that is not strict, the page's time origin. */
  now() {
    if (!this.held) return this.realNow();
    if (this.strict) this.look();
    return this.virtual;
  }

  /** Milliseconds since 1970. */
  date() {
    if (!this.held) return this.realDate();
    if (this.strict) this.look();
    return this.instant();
  }

  /** What a held clock says, to whoever is not the page. */
  instant() {
    return Math.floor(this.heldDate + this.virtual - this.heldAt + 1e-6);
  }

  /** A page that looks at the clock until it has moved would look forever, be it between its promises. */
  look() {
    this.looks += 1;
    if (this.looks === FEW_LOOKS) this.macrotask().then(() => (this.looks = 0));
    if (this.looks > MOST_LOOKS) this.virtual = micros(this.virtual + 0.01);
  }

  /**
   * Tells when a window's document began, on the clock.
   * @param {Realm} realm whose document begins now
   * @returns {() => number}
   */
  originOf(realm) {
    const began = this.virtual;
    // In real time a window may get another document, which begins later.
    return this.held ? () => began : () => realm.performance.timeOrigin - this.rootOrigin;
  }

  /** Stops time: whatever was set keeps what is left of its delay. */
  hold() {
    if (this.held) return;
    this.heldAt = this.virtual = micros(this.realNow());
    this.heldDate = this.realDate();
    this.held = true;
    for (const timer of this.timers.values()) {
      timer.cancelNative?.();
      timer.cancelNative = null;
      if (timer.kind === "frame") timer.due = this.nextFrame();
      this.queue.push(timer);
    }
  }

  nextFrame() {
    const frames = Math.floor((this.virtual - this.heldAt) / FRAME + 1e-3) + 1;
    return micros(this.heldAt + frames * FRAME);
  }

  /**
   * Moves time, firing what falls due in order, with promise jobs run in between, and messages.
   * @param {number} milliseconds
   */
  async advance(milliseconds) {
    if (!this.held) throw new Error("the clock is not held");
    const end = micros(this.virtual + milliseconds);
    const began = this.realNow();
    this.advancedAt = this.virtual;
    this.fired?.begin();
    this.pending?.begins();
    let fired = 0;
    let isOver = false;
    this.wake = () => {
      if (this.step(end)) fired += 1;
    };
    try {
      do {
        const isCalm = await this.calm(began);
        this.interrupts = !isCalm;
        if (this.pending?.takeAnswered()) this.imports?.mayHaveBegun();
        fired = 0;
        await this.turn();
        // Messages of a page are waited for before the next timer, and do not belong to this one.
        if (this.strict) this.finish();
        this.refuseEndless(end, began);
        // While it is in doubt no timer fires, however many are due.
        const isInDoubt = this.imports?.isInDoubt ?? false;
        isOver = fired === 0 && !isInDoubt;
        if ((isOver || isInDoubt) && (await this.imported(began))) isOver = false;
        // Whoever goes on talking when nothing is due any more has no end.
        if (isOver && !isCalm) break;
      } while (!isOver || this.pending?.isBusy() || this.pending?.answered);
    } finally {
      this.wake = null;
      this.interrupts = false;
    }
    this.moveTo(end);
  }

  /** @param {number} time */
  moveTo(time) {
    this.virtual = Math.max(this.virtual, time);
    this.cookies?.end();
  }

  /**
   * Fires the next timer, in a task or a part of one that has its promise jobs to itself.
   * @param {number} end the last moment at which a timer may be due
   */
  step(end) {
    this.finish();
    if ((this.pending?.isBusy() && !this.interrupts) || this.imports?.isInDoubt) return false;
    let timer = this.queue.first();
    for (; timer && this.isSetAside(timer); timer = this.queue.first()) this.queue.shift();
    if (!timer || timer.due > end + 5e-4) return false;
    this.queue.shift();
    this.interrupts = false;
    this.moveTo(timer.due);
    // Promise jobs belong to the timer's task, so what they set is nested in it as well. A loop that awaits
    // a timer of no delay would else never let the clock move.
    this.running = timer;
    this.fired?.note(timer, this.virtual);
    this.fire(timer);
    if (this.fired?.takeNews()) this.imports?.mayHaveBegun();
    this.depth = timer.depth;
    return true;
  }

  /**
   * Whether a timer does not fire: for good, or until its window is seen.
   * @param {Timer} timer
   */
  isSetAside(timer) {
    if (!isGone(timer.realm)) return timer.kind === "frame" && this.unseen.take(timer);
    // A frame that was removed takes its timers along.
    this.timers.delete(timer.id);
    return true;
  }

  /** Ends the task of the timer that fired last: an interval is set anew when all of its jobs are done. */
  finish() {
    const timer = this.running;
    this.depth = 0;
    this.running = null;
    if (timer?.kind !== "interval" || timer.cleared) return;
    timer.depth += 1;
    this.schedule(timer);
  }

  /**
   * Waits until the page has its messages and answers.
   * @param {number} began in real time
   * @returns {Promise<boolean>} `false` when it does not come to rest
   */
  async calm(began) {
    const { pending, start } = this;
    if (!pending || !start) return true;
    for (let round = 0; pending.isBusy() && this.realNow() - began < start.deadline; round += 1) {
      const talks = pending.open.size === 0;
      if (round >= (talks ? this.rounds : MOST_ROUNDS)) {
        // It talks to itself without end. From now on each timer gets a round of it.
        if (talks) this.rounds = 1;
        pending.posted = false;
        return false;
      }
      await pending.wait(Math.min(start.patience, start.deadline - (this.realNow() - began)));
      pending.posted = false;
      // What the answer sets off may take more than one task.
      await this.macrotask();
      await this.macrotask();
    }
    return true;
  }

  /**
   * Waits until what the page imported is there, and what that imports.
   * @param {number} began in real time
   * @returns {Promise<boolean>} whether there was anything
   */
  async imported(began) {
    const { imports, start } = this;
    if (!imports || !start) return false;
    let came = false;
    while (this.realNow() - began < start.deadline && (await imports.come())) {
      came = true;
      await this.macrotask();
      await this.macrotask();
    }
    return came;
  }

  /** @param {number} end @param {number} began in real time */
  refuseEndless(end, began) {
    if (!this.start || !this.fired) return;
    const { count } = this.fired;
    const took = this.realNow() - began;
    if (count < this.start.mostTimers && took < this.start.deadline) return;
    const moved = `${seconds(this.virtual - this.advancedAt)} of ${seconds(end - this.advancedAt)}`;
    const busiest = count > 0 ? `; most often ${this.fired.busiest()}` : "";
    const last = this.pending?.unfinished.at(-1);
    const waited = last && last.at >= this.advancedAt ? `; it was waited in vain for ${last.what}` : "";
    throw new Error(
      `the page does not settle: ${count} timers fired in ${moved} of its time, which took ${seconds(took)}${busiest}${waited}; ` +
        "end that loop in the page, or advance by less",
    );
  }

  /**
   * Fires a timer now.
   * @param {Timer} timer
   */
  fire(timer) {
    if (timer.kind !== "interval") this.timers.delete(timer.id);
    const outer = this.depth;
    this.depth = timer.depth;
    this.looks = 0;
    try {
      timer.run();
    } catch (error) {
      timer.realm.reportError(error);
    } finally {
      this.depth = outer;
    }
  }

  /** @param {Wanted} wanted @returns {Timer} */
  set(wanted) {
    /** @type {Timer} */
    const timer = { ...wanted, id: ++this.lastId, due: 0, order: 0, depth: this.depth + 1, cleared: false, cancelNative: null };
    // Only timers are nested.
    if (timer.kind !== "timeout" && timer.kind !== "interval") timer.depth = 0;
    this.timers.set(timer.id, timer);
    this.schedule(timer);
    return timer;
  }

  /** @param {Timer} timer */
  schedule(timer) {
    const isSlowed = timer.depth - 1 > 5 || (timer.kind === "timeout" && this.isCrowded());
    // The HTML standard slows a timer to 4 ms that is set in a task whose nesting level is greater than 5.
    const wait = isSlowed ? Math.max(4, timer.delay) : timer.delay;
    timer.due = timer.kind === "frame" && this.held ? this.nextFrame() : micros((this.held ? this.virtual : this.realNow()) + wait);
    timer.order = ++this.lastOrder;
    if (this.held) this.queue.push(timer);
  }

  /** Whether so many timers fire that the clock would hardly move, as when a message sets the next one. */
  isCrowded() {
    return this.fired !== null && this.fired.crowdAt(this.virtual) > CROWD;
  }

  /**
   * While time is real the browser's own timer fires it.
   * @param {Timer} timer
   * @param {(fire: () => void) => () => void} start hands it to the browser; gives back how to stop it
   */
  startNative(timer, start) {
    if (this.held) return;
    timer.cancelNative = start(() => {
      if (timer.kind === "interval") timer.due = this.now() + timer.delay;
      this.fire(timer);
    });
  }

  /**
   * @param {Realm} realm
   * @param {unknown} id
   * @param {TimerKind[]} kinds what the caller is there to clear
   */
  clear(realm, id, kinds) {
    const timer = this.timers.get(Number(id));
    if (timer && timer.realm === realm && kinds.includes(timer.kind)) this.drop(timer);
  }

  /** @param {Timer} timer */
  drop(timer) {
    timer.cancelNative?.();
    timer.cleared = true;
    this.timers.delete(timer.id);
    if (this.unseen.drop(timer)) return;
    if (this.held && timer !== this.running) this.queue.forget();
  }

  /** What fired since the last time that it was asked for; of a strict clock only. */
  takeFired() {
    return this.fired?.take() ?? [];
  }

  /** What it was waited for in vain since the last time that it was asked for; of a strict clock only. */
  takeUnfinished() {
    return this.pending?.unfinished.splice(0) ?? [];
  }

  /**
   * Puts the clock's functions into a window in place of the browser's.
   * @param {Realm} realm
   * @param {typeof watchElements} watch of the window's own probe
   */
  install(realm, watch) {
    // A document that is left takes its timers along; its window lives on with another one.
    listen(realm, realm, "pagehide", () => {
      for (const timer of this.timers.values()) if (timer.realm === realm) this.drop(timer);
      this.pending?.leave(realm);
    });
    listen(realm, realm, "visibilitychange", () => {
      for (const timer of this.unseen.seen(realm)) this.schedule(timer);
    }, true);
    if (this.pending) watchObservers(this.pending, realm);
    installTimers(this, realm);
    installFrames(this, realm);
    if (this.strict) installAnimations(this, realm);
    installDates(this, realm);
    installEventTimes(this, realm);
    if (!this.pending) return;
    installDelays(this, realm);
    this.pending.install(realm, watch);
    this.cookies?.install(realm);
  }
}
