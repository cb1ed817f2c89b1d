// The scripts, style sheets and frames that a page loads: each is waited for from when it is in the document until it has
// loaded.

/** The loading elements that have an end: `load` or `error`. */
const LOADING =
  "script[src], link[rel~=stylesheet][href], link[rel=modulepreload][href], link[rel=preload][as][href], iframe[src], iframe[srcdoc]";

/** What is worth the while to be loaded early; images are not waited for. */
const PRELOADED = ["fetch", "font", "script", "style"];

/**
 * @param {Pending} pending
 * @param {Realm} realm
 * @returns {() => void} to be called when the window may have got another document
 */
function watchElements(pending, realm) {
  const inert = watchInert(realm);
  const begin = (/** @type {Element} */ element) => {
    const address = willLoad(element, inert);
    if (address !== null) pending.begin(realm, `${element.localName} ${address}`, element);
  };
  const observer = new realm.MutationObserver((records) => {
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === "attributes") begin(/** @type {Element} */ (target));
      for (const node of addedNodes) elementsIn(node, LOADING).forEach(begin);
      // A script goes on loading.
      for (const node of removedNodes) elementsIn(node, "link, iframe").forEach((element) => !element.isConnected && pending.end(element));
    }
  });
  const done = (/** @type {Event} */ { target }) => {
    if (!target) return;
    // It does not load again.
    if ("localName" in target && target.localName === "script") inert.add(/** @type {Element} */ (target));
    pending.end(target);
  };
  /** @type {Document | null} */
  let followed = null;
  return () => {
    const { document } = realm;
    if (followed === document) return;
    followed = document;
    // A window does not hear that its elements have loaded.
    for (const type of ["load", "error"]) listen(realm, document, type, done, true);
    observer.disconnect();
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ["src", "srcdoc", "href", "rel"] });
    if (document.readyState !== "loading") return;
    const end = pending.begin(realm, `the document ${realm.location.href}`);
    listen(realm, document, "DOMContentLoaded", end, { once: true });
  };
}

/**
 * What is parsed as a part of a document's text does not run if it is a script, and neither does a copy of it.
 * @param {Realm} realm
 * @returns {WeakSet<Element>} scripts that do not run
 */
function watchInert(realm) {
  /** @type {WeakSet<Element>} */
  const inert = new WeakSet();
  let isAny = false;
  const add = (/** @type {Element} */ script) => {
    isAny = true;
    inert.add(script);
  };
  /**
   * @param {any} root what a text is put into
   * @param {() => unknown} put
   */
  const written = (root, put) => {
    const before = new Set(scriptsIn(root));
    const result = put();
    for (const script of scriptsIn(root)) if (!before.has(script)) add(script);
    return result;
  };

  for (const [{ prototype }, names] of /** @type {[any, string[]][]} */ ([
    [realm.Element, ["innerHTML", "outerHTML"]],
    [realm.ShadowRoot, ["innerHTML"]],
  ])) {
    for (const name of names) {
      const native = Object.getOwnPropertyDescriptor(prototype, name);
      if (!native?.set) continue;
      const { set } = native;
      Object.defineProperty(prototype, name, {
        ...native,
        /** @this {Element | ShadowRoot} */
        set(html) {
          written(name === "outerHTML" ? this.parentNode : this, () => apply(set, this, [html]));
        },
      });
    }
  }
  const { insertAdjacentHTML } = realm.Element.prototype;
  replace(realm.Element.prototype, "insertAdjacentHTML", /** @this {Element} */ function (/** @type {any[]} */ ...values) {
    return written(this.parentNode ?? this, () => apply(insertAdjacentHTML, this, values));
  });
  const { parseFromString } = realm.DOMParser.prototype;
  replace(realm.DOMParser.prototype, "parseFromString", /** @this {DOMParser} */ function (/** @type {any[]} */ ...values) {
    const document = apply(parseFromString, this, values);
    scriptsIn(document).forEach(add);
    return document;
  });

  const copied = (/** @type {any} */ original, /** @type {any} */ copy) => {
    if (!isAny) return copy;
    const scripts = scriptsIn(original);
    if (inert.has(original)) inert.add(copy);
    if (scripts.length === 0) return copy;
    const copies = scriptsIn(copy);
    scripts.forEach((script, at) => inert.has(script) && copies[at] && inert.add(copies[at]));
    return copy;
  };
  const { cloneNode } = realm.Node.prototype;
  replace(realm.Node.prototype, "cloneNode", /** @this {Node} */ function (/** @type {any[]} */ ...values) {
    return copied(this, apply(cloneNode, this, values));
  });
  const { importNode } = realm.Document.prototype;
  replace(realm.Document.prototype, "importNode", /** @this {Document} */ function (/** @type {any[]} */ node, /** @type {any[]} */ ...values) {
    return copied(node, apply(importNode, this, [node, ...values]));
  });
  return inert;
}

/**
 * In the contents of templates, too.
 * @param {any} root
 * @returns {Element[]}
 */
function scriptsIn(root) {
  if (!root?.querySelectorAll) return [];
  const own = root.localName === "template" ? scriptsIn(root.content) : [];
  /** @type {Element[]} */
  const found = [...root.querySelectorAll("script, template")];
  return [...own, ...found.flatMap((element) => (element.localName === "template" ? scriptsIn(element) : [element]))];
}

/**
 * What an element is about to load; null when it is nothing whose end is told.
 * @param {Element} element
 * @param {WeakSet<Element>} inert scripts that do not run any more
 */
function willLoad(element, inert) {
  if (!element.isConnected || !element.matches(LOADING)) return null;
  switch (element.localName) {
    case "script": {
      const script = /** @type {HTMLScriptElement} */ (element);
      const runs = /^$|^module$|(java|ecma)script/i.test(script.type) && !script.noModule;
      return runs && !inert.has(script) ? script.src : null;
    }
    case "link": {
      const link = /** @type {HTMLLinkElement} */ (element);
      if (link.rel === "preload") {
        const isLoaded = PRELOADED.includes(link.as) && (link.media === "" || matchMedia(link.media).matches);
        return isLoaded ? link.href : null;
      }
      return link.disabled || link.sheet ? null : link.href;
    }
    default: {
      const frame = /** @type {HTMLIFrameElement} */ (element);
      if (frame.hasAttribute("srcdoc")) return "srcdoc";
      return /^https?:/.test(frame.src) && frame.loading !== "lazy" ? frame.src : null;
    }
  }
}

/** @param {Node} node @param {string} selector */
function elementsIn(node, selector) {
  if (node.nodeType !== 1) return [];
  const element = /** @type {Element} */ (node);
  const inside = element.firstElementChild ? [...element.querySelectorAll(selector)] : [];
  return element.matches(selector) ? [element, ...inside] : inside;
}
