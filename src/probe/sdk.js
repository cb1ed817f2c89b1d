// Calls of the SDK as page code makes them, with providers that count how often they are asked.

/** A method's call as the harness writes it. @typedef {{ method: string, provider: any }} SdkCall */

class SdkCaller {
  /** @param {Realm} realm @param {() => void} changed told whenever there is something new to report */
  constructor(realm, changed) {
    this.realm = realm;
    this.changed = changed;
    /** @type {(string | Record<string, string>)[]} what calls gave back of which the documentation says that they return nothing */
    this.returned = [];
    /** @type {{ method: string, returned: string | Record<string, string> }[]} */
    this.answers = [];
    /** @type {unknown[]} */
    this.availability = [];
    /** @type {Record<string, number>} how often providers were invoked, by the method that set them */
    this.invoked = { setContextProvider: 0, setAuthTokenProvider: 0 };
    /** @type {Record<string, unknown>} what was given last */
    this.given = {};
  }

  /** The SDK where pages look for it; throws when it is not there. */
  get sdk() {
    return /** @type {any} */ (this.realm).Microsoft.Omnichannel.LiveChatWidget.SDK;
  }

  /** Whether the page could call `startProactiveChat` now. */
  isUsable() {
    try {
      return typeof this.sdk.startProactiveChat === "function";
    } catch {
      return false;
    }
  }

  /** What there is to see of all this. */
  observe() {
    return {
      returned: this.returned,
      answers: this.answers,
      contextProviderCalls: this.invoked.setContextProvider,
      authTokenProviderCalls: this.invoked.setAuthTokenProvider,
      availability: this.availability,
    };
  }

  /**
   * Calls a method that returns nothing, and keeps what comes back.
   * @param {string} method
   * @param {unknown[]} values
   */
  invoke(method, values) {
    try {
      const value = this.sdk[method](...values);
      this.returned.push(value === undefined ? "undefined" : { value: describe(value) });
    } catch (error) {
      this.returned.push({ threw: describe(error) });
    }
    this.changed();
  }

  /** @param {SdkCall} call */
  async call({ method, provider }) {
    const given = method.startsWith("set") ? [this.provider(method, provider)] : [];
    try {
      const value = this.sdk[method](...given);
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
 * A call as the harness writes it: an omitted argument is an absent key.
 * @typedef {{ notificationUIConfig: object, showPrechat?: boolean, options?: object }} Call
 */

/**
 * The argument list that a page would write: trailing omitted arguments are not passed at all.
 * @param {Call} call
 */
function argumentsOf(call) {
  const list = [call.notificationUIConfig, call.showPrechat, call.options];
  while (list.length && list[list.length - 1] === undefined) list.pop();
  return list;
}
