// Several windows as one page: the probes of others, and what is seen in all of them together.

/**
 * The probe of another window, or null when there is none or it is out of reach.
 * @param {() => Window | null} window
 * @returns {Probe | null}
 */
function probeOf(window) {
  try {
    return /** @type {any} */ (window())?.[PROBE] ?? null;
  } catch {
    return null;
  }
}

/** @param {Window} realm */
function isGone(realm) {
  try {
    return realm.closed || !realm.document?.defaultView;
  } catch {
    // It shows a page of another origin now.
    return true;
  }
}

/** @param {Realm} realm */
function topOf(realm) {
  try {
    return realm.top;
  } catch {
    return null;
  }
}

/**
 * The first answer that is one.
 * @template Asked, T
 * @param {Iterable<Asked>} all
 * @param {(one: Asked) => T | null} ask
 * @returns {T | null}
 */
function first(all, ask) {
  for (const one of all) {
    const answer = ask(one);
    if (answer !== null) return answer;
  }
  return null;
}

/** @param {Probe[]} probes */
function combine(probes) {
  const views = probes.map((probe) => probe.watcher.view());
  return {
    chatButton: views.some((view) => view.chatButton),
    prechat: views.some((view) => view.prechat),
    chat: views.some((view) => view.chat),
  };
}
