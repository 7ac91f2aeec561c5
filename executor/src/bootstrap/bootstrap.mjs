import fs from "node:fs";
import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

/*
 * Loaded before a script (`node --import …/bootstrap.mjs script.js`) and before each of its workers. Ferris scripts
 * read `JSON.parse(process.argv[2])`: here that is a getter, so that the real command line has no values, and a script
 * that does not use it reads nothing. Arguments that a script passes to its own worker or child stay unchanged.
 */

let payload;

// The manifest's variables that contain secrets are set here, inside the process, so that they are in no environment
// block of a process that sealrun started. A worker starts with a copy of this process's variables.
if (isMainThread && process.env.SEALRUN_SEALED_ENV === "1" && isSocket(3) && isSocket(4)) {
  delete process.env.SEALRUN_SEALED_ENV;
  Object.assign(process.env, createRequire(import.meta.url)("@sealrun/sdk").readStepVariables());
}

if (process.argv.length < 3 && isSocket(3) && isSocket(4)) {
  Object.defineProperty(process.argv, 2, {
    configurable: true,
    enumerable: true,
    get() {
      payload ??= createRequire(import.meta.url)("@sealrun/sdk").readPayload();
      return payload;
    },
    set(value) {
      Object.defineProperty(process.argv, 2, { configurable: true, enumerable: true, writable: true, value });
    },
  });
}

/** False in a child process without the channel: its arguments must stay as they are. */
function isSocket(descriptor) {
  try {
    return fs.fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}
