// Bundles the widget and the entry into one classic script, dist/LiveChatBootstrapper.js.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} path from this folder */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The source of a package that its install script would compile for old browsers; none is supported here, and no
 * install script has to run.
 * @param {string} name
 */
const uncompiled = (name) => here(`node_modules/${name}/src/index.mjs`);

await build({
  absWorkingDir: here("."),
  entryPoints: ["src/entry.js"],
  outfile: "dist/LiveChatBootstrapper.js",
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: "es2022",
  define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  alias: {
    "abort-controller-es5": uncompiled("abort-controller-es5"),
    "markdown-it-attrs-es5": uncompiled("markdown-it-attrs-es5"),
    "p-defer-es5": uncompiled("p-defer-es5"),
    // Asked for by packages that run in Node.js, too, and never called in a browser.
    crypto: here("src/no-crypto.js"),
  },
  logLevel: "info",
});
