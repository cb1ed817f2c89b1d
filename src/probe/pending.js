// What a page waits for that no clock moves: answers of the network, and messages on their way.
//
// While there is any of it a held clock stands still, so that an answer comes at the time at which it was asked
// for. Sockets, event streams and workers do not count: nobody knows when they are done.

const BODY = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"];

/** Methods whose promises other threads and processes keep. */
const PROMISES = {
  Response: BODY,
  Request: BODY,
  Blob: ["arrayBuffer", "bytes", "text"],
  Cache: ["add", "addAll", "delete", "keys", "match", "matchAll", "put"],
  CacheStorage: ["delete", "has", "keys", "match", "open"],
  CookieStore: ["delete", "get", "getAll", "set"],
  FileSystemDirectoryHandle: ["getDirectoryHandle", "getFileHandle", "removeEntry", "resolve"],
  FileSystemFileHandle: ["createWritable", "getFile"],
  FileSystemHandle: ["isSameEntry"],
  FileSystemWritableFileStream: ["close", "seek", "truncate", "write"],
  FontFace: ["load"],
  FontFaceSet: ["load"],
  HTMLImageElement: ["decode"],
  MediaDevices: ["enumerateDevices"],
  NavigatorUAData: ["getHighEntropyValues"],
  OffscreenCanvas: ["convertToBlob"],
  Permissions: ["query"],
  ServiceWorkerContainer: ["getRegistration", "getRegistrations", "register"],
  StorageManager: ["estimate", "getDirectory", "persist", "persisted"],
  SubtleCrypto: ["decrypt", "deriveBits", "deriveKey", "digest", "encrypt", "exportKey", "generateKey", "importKey", "sign", "verify"],
};

/** The same of what no object has, but all of them. */
const STATIC_PROMISES = {
  Notification: ["requestPermission"],
  WebAssembly: ["compile", "compileStreaming", "instantiate", "instantiateStreaming"],
};

class Pending {
  /** @type {WeakMap<Realm, () => void>} */
  #follow = new WeakMap();

  /**
   * @param {Realm} root
   * @param {() => number} now the time on the held clock
   */
  constructor(root, now) {
    this.now = now;
    this.later = root.setTimeout.bind(root);
    this.notLater = root.clearTimeout.bind(root);
    /** @type {Map<object, { realm: Realm, what: string }>} */
    this.open = new Map();
    /** Whether messages were posted since somebody looked. */
    this.posted = false;
    /** Whether anything came to its end since somebody looked. */
    this.answered = false;
    /** @type {{ at: number, what: string }[]} what it was waited for in vain */
    this.unfinished = [];
    /** How often it may still be waited for what is observed. */
    this.observable = MOST_OBSERVED;
    /** @type {(() => void) | null} */
    this.wake = null;
  }

  /** The clock is about to be moved on. */
  begins() {
    this.observable = MOST_OBSERVED;
  }

  /** Whether it is waited for what a page begins to observe now. */
  mayObserve() {
    this.observable -= 1;
    return this.observable >= 0;
  }

  isBusy() {
    return this.posted || this.open.size > 0;
  }

  /**
   * @param {Realm} realm
   * @param {string} what
   * @param {object} [key]
   * @returns {() => void} to be called when it is done
   */
  begin(realm, what, key = {}) {
    this.open.set(key, { realm, what });
    return () => this.end(key);
  }

  /** @param {object} key */
  end(key) {
    if (!this.open.delete(key)) return;
    this.answered = true;
    if (this.open.size === 0) this.wake?.();
  }

  takeAnswered() {
    const { answered } = this;
    this.answered = false;
    return answered;
  }

  /** A window's document is left, and nobody will hear of what it waited for. @param {Realm} realm */
  leave(realm) {
    for (const [key, item] of this.open) if (item.realm === realm) this.end(key);
  }

  /**
   * Resolves when nothing is open any more, or patience is at its end.
   * @param {number} patience in real milliseconds
   */
  async wait(patience) {
    if (this.open.size === 0) return;
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const giveUp = this.later(() => {
        for (const { what } of this.open.values()) keep(this.unfinished, { at: this.now(), what });
        this.open.clear();
        resolve();
      }, patience);
      this.wake = () => (this.notLater(giveUp), resolve());
    });
    this.wake = null;
  }

  /**
   * @param {Realm} realm
   * @param {typeof watchElements} watch of the window's own probe
   */
  install(realm, watch) {
    this.#watchPromises(realm);
    this.#watchRequests(realm);
    this.#follow.set(realm, watch(this, realm));
    this.#watchMessages(realm);
    this.#watchWindows(realm);
    this.#watchWidget(realm);
    watchMoves(this, realm);
    this.follow(realm);
    // A window that gets another document may keep its global object.
    for (const type of ["DOMContentLoaded", "load"]) listen(realm, realm, type, () => this.follow(realm), true);
  }

  /** Watches a window's document. @param {Realm} realm */
  follow(realm) {
    // A window that was opened is waited for until its own document takes over.
    this.end(realm);
    this.#follow.get(realm)?.();
  }

  /** @param {Realm} realm */
  #watchPromises(realm) {
    this.#watchPromise(realm, realm, "fetch", ([request]) => `fetch ${addressOf(realm, request)}`);
    this.#watchPromise(realm, realm, "createImageBitmap", () => "createImageBitmap");
    for (const [owner, names] of Object.entries(PROMISES)) {
      const prototype = /** @type {any} */ (realm)[owner]?.prototype;
      for (const name of names) this.#watchPromise(realm, prototype, name, () => `${owner}.${name}`);
    }
    for (const [owner, names] of Object.entries(STATIC_PROMISES)) {
      const own = /** @type {any} */ (realm)[owner];
      for (const name of names) this.#watchPromise(realm, own, name, () => `${owner}.${name}`);
    }
  }

  /**
   * @param {Realm} realm
   * @param {any} owner
   * @param {string} name
   * @param {(values: unknown[]) => string} what
   */
  #watchPromise(realm, owner, name, what) {
    const native = owner?.[name];
    if (typeof native !== "function") return;
    const { then } = realm.Promise.prototype;
    const pending = this;
    replace(owner, name, /** @this {unknown} */ function (/** @type {unknown[]} */ ...values) {
      const promise = apply(native, this ?? realm, values);
      const end = pending.begin(realm, what(values));
      // The page gets the promise behind it: whether a failure is handled must be up to the page.
      return apply(then, promise, [
        (/** @type {unknown} */ value) => (end(), value),
        (/** @type {unknown} */ error) => {
          end();
          throw error;
        },
      ]);
    });
  }

  /** @param {Realm} realm */
  #watchRequests(realm) {
    const pending = this;
    const { prototype } = realm.XMLHttpRequest;
    const { open, send } = prototype;
    /** @type {WeakMap<XMLHttpRequest, string>} */
    const addresses = new WeakMap();
    replace(prototype, "open", /** @this {XMLHttpRequest} */ function (/** @type {any[]} */ ...values) {
      addresses.set(this, addressOf(realm, values[1]));
      return apply(open, this, values);
    });
    replace(prototype, "send", /** @this {XMLHttpRequest} */ function (/** @type {any[]} */ ...values) {
      const end = pending.begin(realm, `XMLHttpRequest ${addresses.get(this) ?? ""}`);
      this.addEventListener("loadend", end, { once: true });
      try {
        return apply(send, this, values);
      } catch (error) {
        end();
        throw error;
      }
    });

    /** Methods that give something that tells its end by events. @type {[any, string[], string[]][]} */
    const told = [
      [realm.IDBFactory?.prototype, ["open", "deleteDatabase"], ["success", "error", "blocked"]],
      [realm.IDBDatabase?.prototype, ["transaction"], ["complete", "abort"]],
    ];
    for (const [owner, names, ends] of told) {
      for (const name of owner ? names : []) {
        const native = owner[name];
        replace(owner, name, /** @this {unknown} */ function (/** @type {unknown[]} */ ...values) {
          const answer = apply(native, this, values);
          const end = pending.begin(realm, `${realm.Object.prototype.toString.call(this).slice(8, -1)}.${name}`);
          for (const type of ends) answer.addEventListener(type, end);
          return answer;
        });
      }
    }

    for (const name of /** @type {const} */ (["readAsArrayBuffer", "readAsBinaryString", "readAsDataURL", "readAsText"])) {
      const { prototype } = realm.FileReader;
      const native = /** @type {(...values: any[]) => void} */ (prototype[name]);
      replace(prototype, name, /** @this {FileReader} */ function (/** @type {any[]} */ ...values) {
        apply(native, this, values);
        this.addEventListener("loadend", pending.begin(realm, `FileReader.${name}`), { once: true });
      });
    }

    const canvas = realm.HTMLCanvasElement.prototype;
    const { toBlob } = canvas;
    replace(canvas, "toBlob", /** @this {HTMLCanvasElement} */ function (/** @type {BlobCallback} */ drawn, /** @type {any[]} */ ...values) {
      if (typeof drawn !== "function") return apply(toBlob, this, [drawn, ...values]);
      const drawing = {};
      apply(toBlob, this, [(/** @type {Blob | null} */ blob) => (pending.end(drawing), drawn(blob)), ...values]);
      pending.begin(realm, "HTMLCanvasElement.toBlob", drawing);
    });

    const geolocation = realm.Geolocation?.prototype;
    if (!geolocation) return;
    const { getCurrentPosition } = geolocation;
    replace(geolocation, "getCurrentPosition", /** @this {Geolocation} */ function (/** @type {any} */ success, /** @type {any} */ failure, /** @type {any[]} */ ...values) {
      const end = pending.begin(realm, "the visitor's position");
      const ending = (/** @type {unknown} */ callback) =>
        typeof callback === "function" ? (/** @type {unknown} */ answer) => (end(), apply(callback, undefined, [answer])) : callback;
      try {
        return apply(getCurrentPosition, this, [ending(success), ending(failure ?? (() => {})), ...values]);
      } catch (error) {
        end();
        throw error;
      }
    });
  }

  /** @param {Realm} realm */
  #watchMessages(realm) {
    /** @type {[any, string][]} */
    const owners = [
      [realm, "postMessage"],
      [realm.MessagePort.prototype, "postMessage"],
      [realm.BroadcastChannel?.prototype, "postMessage"],
      // A page that gives way comes back at once.
      [/** @type {any} */ (realm).Scheduler?.prototype, "yield"],
    ];
    for (const [owner, name] of owners) {
      if (!owner?.[name]) continue;
      let post = owner[name];
      // Who posts is told by the function that is called, so it has to be the browser's own.
      Object.defineProperty(owner, name, {
        get: () => {
          this.posted = true;
          return post;
        },
        /** @this {unknown} */
        set(value) {
          if (this === owner || this === undefined) post = value;
          // One of many gets a method of its own.
          else Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
        },
        configurable: true,
      });
    }
  }

  /**
   * The widget's modules are imported, and its conversation goes over a socket: of neither end does anybody else hear.
   * @param {Realm} realm
   */
  #watchWidget(realm) {
    const told = [
      ["the widget", "starting", "started"],
      ["the chat's conversation", "conversation-asks", "conversation-answered"],
    ];
    for (const [what, begins, ends] of told) {
      const key = {};
      listen(realm, realm, `lcw-harness:${begins}`, () => this.begin(realm, what, key));
      listen(realm, realm, `lcw-harness:${ends}`, () => this.end(key));
    }
  }

  /** @param {Realm} realm */
  #watchWindows(realm) {
    const open = realm.open.bind(realm);
    replace(realm, "open", (/** @type {[string?]} */ ...values) => {
      const opened = open(...values);
      const address = addressOf(realm, values[0] || "about:blank");
      const isNew = opened && opened !== realm && opened.top === opened;
      if (isNew && address.startsWith(`${realm.location.origin}/`)) this.begin(realm, `the window ${address}`, opened);
      return opened;
    });
  }
}

/** @param {Realm} realm @param {unknown} request an address or a request */
function addressOf(realm, request) {
  const text = String(/** @type {any} */ (request)?.url ?? request);
  return realm.URL.parse?.(text, realm.document.baseURI)?.href ?? text;
}
