#!/usr/bin/env node
// The file that Terraform starts. It runs the bundles beside it together with their V8 code caches, which halves the
// time to the handshake; a cache made by another version of Node.js is refused by V8 and simply not used.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

/** Runs a bundle of this folder, as `require` would. */
function run(name) {
  const file = join(__dirname, `${name}.js`);
  const parameters = "require, module, exports, __filename, __dirname";
  const source = `(function (${parameters}) {${readFileSync(file, "utf8")}\n})`;
  const script = new Script(source, {
    filename: file,
    cachedData: readIfThere(join(__dirname, `${name}.cache`)),
  });
  const module = { exports: {} };
  const requireHere = (id) => (id.startsWith("./") ? run(id.slice(2)) : require(id));
  script.runInThisContext()(requireHere, module, module.exports, file, __dirname);
  return module.exports;
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

run("main");
// For the build, which has the caches to write.
module.exports = run;
