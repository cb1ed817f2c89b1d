// Scripts that a page imports: nothing in the page tells of them, but the harness hears of every request. It is asked
// with a request of the probe's own, which is behind the page's on the same way, and answers when all scripts have come
// that were asked for before.

/** How often it is asked in the middle of advances of one document. */
const MOST_ASKED = 200;

class Imports {
  #isAllowed = true;
  #asked = 0;
  #news = false;

  /**
   * @param {Realm} root
   * @param {string} path where the harness answers, on every origin
   */
  constructor(root, path) {
    this.fetch = root.fetch.bind(root);
    this.url = /^https?:/.test(root.location.href) ? root.location.origin + path : null;
    // A policy that does not let the page ask its own server does not let the probe, either; it is nobody's violation.
    listen(root, root, "securitypolicyviolation", (event) => {
      if (event.blockedURI === this.url) event.stopImmediatePropagation();
    }, true);
  }

  /** Page code has run that may have imported something. */
  mayHaveBegun() {
    if (this.#asked < MOST_ASKED) this.#news = true;
  }

  /** Whether time should stand still until it is known if something was imported. */
  get isInDoubt() {
    return this.#news;
  }

  /**
   * Waits until what the page has imported by now is there.
   * @returns {Promise<boolean>} whether there was anything
   */
  async come() {
    if (this.#news) this.#asked += 1;
    this.#news = false;
    if (this.url === null || !this.#isAllowed) return false;
    try {
      return (await this.fetch(this.url, { cache: "no-store" })).status === 200;
    } catch {
      this.#isAllowed = false;
      return false;
    }
  }
}
