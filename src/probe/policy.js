// What a page's own Content-Security-Policy does not let run or load.

/** @param {Journal} journal @param {Realm} realm */
function watchPolicy(journal, realm) {
  listen(realm, realm, "securitypolicyviolation", (/** @type {SecurityPolicyViolationEvent} */ event) => {
    // One that is only being tried out blocks nothing.
    if (event.disposition !== "enforce") return;
    const { effectiveDirective: directive, blockedURI: what, sourceFile, lineNumber, columnNumber } = event;
    journal.add("blocked-by-policy", {
      directive,
      what,
      blockedAt: sourceFile ? `${sourceFile}:${lineNumber}:${columnNumber}` : null,
    });
  }, true);
}
