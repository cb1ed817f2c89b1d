// Calls of the SDK's other methods as page code makes them, with providers that count how often they are asked.

/** A method's call as the harness writes it. @typedef {{ method: string, provider: any }} SdkCall */

class SdkCaller {
  /** @param {Realm} realm @param {() => void} changed told whenever there is something new to report */
  constructor(realm, changed) {
    this.realm = realm;
    this.changed = changed;
    /** @type {{ method: string, returned: string | Record<string, string> }[]} */
    this.answers = [];
    /** @type {unknown[]} */
    this.availability = [];
    /** @type {{ code: unknown, description: unknown }[]} */
    this.reportedErrors = [];
    /** @type {Record<string, number>} how often providers were invoked, by the method that set them */
    this.invoked = { setContextProvider: 0, setAuthTokenProvider: 0 };
    /** @type {Record<string, unknown>} what was given last */
    this.given = {};
    realm.addEventListener("lcw:error", (event) => {
      const detail = /** @type {CustomEvent} */ (event).detail;
      keep(this.reportedErrors, { code: detail?.errorCode ?? null, description: detail?.errorDescription ?? null });
      changed();
    });
  }

  /** What there is to see of all this. */
  observe() {
    return {
      answers: this.answers,
      contextProviderCalls: this.invoked.setContextProvider,
      authTokenProviderCalls: this.invoked.setAuthTokenProvider,
      reportedErrors: this.reportedErrors,
      availability: this.availability,
    };
  }

  /** @param {SdkCall} call */
  async call({ method, provider }) {
    const given = method.startsWith("set") ? [this.provider(method, provider)] : [];
    try {
      const value = /** @type {any} */ (this.realm).Microsoft.Omnichannel.LiveChatWidget.SDK[method](...given);
      if (method === "getAgentAvailability") {
        // An object or the promise of one: the documentation shows neither.
        keep(this.availability, plain(await value));
      } else {
        if (given.length > 0) this.given[method] = given[0];
        keep(this.answers, { method, returned: this.words(method, value) });
      }
    } catch (error) {
      const threw = { threw: describe(error) };
      if (method === "getAgentAvailability") keep(this.availability, threw);
      else keep(this.answers, { method, returned: threw });
    }
    this.changed();
  }

  /**
   * @param {string} method
   * @param {unknown} value
   */
  words(method, value) {
    if (value === undefined) return "undefined";
    const set = method.replace(/^get/, "set");
    return { value: value !== null && value === this.given[set] ? "the provider" : describe(value) };
  }

  /**
   * @param {string} method
   * @param {any} wanted
   */
  provider(method, wanted) {
    if (wanted["not-a-function"] !== undefined) return oddValue(wanted["not-a-function"], this.realm);
    return (/** @type {(token?: string) => void} */ callback) => {
      this.invoked[method] += 1;
      this.changed();
      if (wanted === "throws") throw new this.realm.Error("the provider threw");
      if (method === "setContextProvider") return wanted.gives;
      callback(wanted.gives);
    };
  }
}

/**
 * An answer as JSON can carry it, dates as text.
 * @param {unknown} value
 */
function plain(value) {
  return parse(encode(value) ?? "null");
}
