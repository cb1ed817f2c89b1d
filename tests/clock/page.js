async (text) => {
  const { clock } = window[Symbol.for("lcw-harness.probe")];
  const probe = window[Symbol.for("lcw-harness.probe")];
  const results = [];
  for (const { actions, advances } of JSON.parse(text)) {
    const log = [];
    const handles = new Map();
    const calls = new Map();
    const micros = () => Math.round(performance.now() * 1000);
    const agree = () => {
      const now = performance.now();
      const dates = [new Date().getTime(), new Date(Date()).getTime() + Date.now() % 1000, Math.floor(performance.timeOrigin + now + 1e-6)];
      return document.timeline.currentTime === now && dates.every((date) => date === Date.now());
    };
    const call = (action) => {
      log.push([action.slot, micros()]);
      act(action.body);
    };
    const act = (actions) => actions.forEach((action) => set[action.kind](action));
    const keep = (slot, clear, handle) => handles.set(slot, () => clear(handle));
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => calls.get(data)();
    const set = {
      look: ({ slot }) => log.push([slot, agree() ? micros() : "the clocks do not agree"]),
      timeout: (action) => {
        calls.set(action.slot, () => call(action));
        window.callSlot = (slot) => calls.get(slot)();
        const handler = action.code ? `callSlot(${action.slot})` : window.callSlot;
        keep(action.slot, clearInterval, setTimeout(handler, action.delay, action.slot));
      },
      interval: (action) => {
        let left = action.times;
        const handle = setInterval(() => {
          left -= 1;
          if (left === 0 && action.early) clearInterval(handle);
          call(action);
          if (left === 0) clearInterval(handle);
        }, action.delay);
        keep(action.slot, clearTimeout, handle);
      },
      frame: (action) => {
        const run = (time) => (time === performance.now() ? call(action) : log.push([action.slot, "another time"]));
        keep(action.slot, cancelAnimationFrame, requestAnimationFrame(run));
      },
      idle: (action) => keep(action.slot, cancelIdleCallback, requestIdleCallback(() => call(action))),
      promise: (action) => void Promise.resolve().then(() => call(action)),
      microtask: (action) => queueMicrotask(() => call(action)),
      message: (action) => {
        calls.set(action.slot, () => call(action));
        channel.port2.postMessage(action.slot);
      },
      clear: ({ target }) => handles.get(target)?.(),
    };
    const start = micros();
    act(actions);
    for (const by of advances) {
      const answer = JSON.parse(await probe.perform(JSON.stringify([{ command: "advance", value: by / 1000 }])));
      if (answer.error) throw new Error(answer.error);
    }
    for (const timer of [...clock.timers.values()]) clock.drop(timer);
    channel.port1.close();
    results.push({ start, log });
  }
  return results;
}
