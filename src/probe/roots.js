// Shadow trees and frames: what a selector enters with `>>>`, and where a press and the focus land in them.

class Roots {
  /** @type {WeakMap<Element, ShadowRoot>} */
  #attached = new WeakMap();

  /**
   * Learns of the shadow roots that a window's code attaches from now on, closed ones too.
   * @param {Realm} realm
   * @param {() => void} changed
   */
  follow(realm, changed) {
    const attached = this.#attached;
    const attachShadow = realm.Element.prototype.attachShadow;
    replace(realm.Element.prototype, "attachShadow", /** @this {Element} */ function (/** @type {ShadowRootInit} */ options) {
      const root = attachShadow.call(this, options);
      attached.set(this, root);
      changed();
      return root;
    });
  }

  /**
   * The element's shadow root.
   * @param {Element} element
   * @returns {ShadowRoot | null}
   */
  shadow(element) {
    return element.shadowRoot ?? this.#attached.get(element) ?? null;
  }

  /**
   * What `>>>` enters: a frame's document or a shadow root; null when there is none, or it is out of reach.
   * @param {Element} element
   * @returns {Document | ShadowRoot | null}
   */
  inside(element) {
    const frame = "contentDocument" in element ? /** @type {HTMLIFrameElement} */ (element).contentDocument : null;
    return frame ?? this.shadow(element);
  }

  /**
   * The elements below a root that match, those inside of frames and shadow roots too.
   * @param {ParentNode} root
   * @param {string} selector
   * @returns {HTMLElement[]}
   */
  everywhere(root, selector) {
    const own = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);
    const inner = [...root.querySelectorAll("*")].flatMap((element) => {
      const inside = this.inside(element);
      return inside ? this.everywhere(inside, selector) : [];
    });
    return [...own, ...inner];
  }

  /**
   * The element that a press there would hit, in whatever shadow tree it is.
   * @param {Document} document
   * @param {number} x
   * @param {number} y
   */
  hit(document, x, y) {
    let hit = document.elementFromPoint(x, y);
    for (let root = hit && this.shadow(hit); root; root = hit && this.shadow(hit)) {
      const inner = root.elementFromPoint(x, y);
      if (!inner || inner === hit || inner.getRootNode() !== root) break;
      hit = inner;
    }
    return hit;
  }

  /**
   * The element that has the focus, in whatever shadow tree or frame it is.
   * @param {Document} document
   */
  focused(document) {
    let focused = document.activeElement;
    for (let inside = focused && this.inside(focused); inside?.activeElement; inside = focused && this.inside(focused)) {
      focused = inside.activeElement;
    }
    return focused;
  }
}

/**
 * Whether an element is the other or around it, through shadow roots and frames.
 * @param {Element} outer
 * @param {Node | null | undefined} inner
 */
function surrounds(outer, inner) {
  for (let node = inner; node; node = above(node)) if (node === outer) return true;
  return false;
}

/**
 * @param {Node} node
 * @returns {Node | null | undefined}
 */
function above(node) {
  if (node.parentNode) return node.parentNode;
  return "host" in node ? /** @type {ShadowRoot} */ (node).host : /** @type {Document} */ (node).defaultView?.frameElement;
}

/**
 * The selectors on the way to an element: the outer ones find what is entered.
 * @param {string} selector
 */
function stepsOf(selector) {
  // A `>>>` with an odd number of quotes behind it stands in a text.
  return selector.split(/>>>(?=(?:[^"']|"[^"]*"|'[^']*')*$)/).map((step) => step.trim());
}

/**
 * A selector by which a person would find the element again.
 * @param {Element} element
 * @returns {string}
 */
function selectorOf(element) {
  const root = element.getRootNode();
  const way = "host" in root ? `${selectorOf(/** @type {ShadowRoot} */ (root).host)} >>> ` : "";
  if (element.id) return `${way}#${CSS.escape(element.id)}`;
  const label = element.getAttribute("aria-label");
  const classes = [...element.classList].slice(0, 2).map((name) => `.${CSS.escape(name)}`);
  return `${way}${element.localName}${label ? `[aria-label=${encode(label)}]` : classes.join("")}`;
}
