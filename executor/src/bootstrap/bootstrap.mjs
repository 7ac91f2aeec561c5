import fs from "node:fs";
import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

/*
 * Loaded before a script (`node --import …/bootstrap.mjs script.js`) and before each of its workers. Ferris scripts read
 * `JSON.parse(process.argv[2])`: here that is a getter, so that the real command line holds nothing, and a script that
 * never looks reads nothing. Arguments that a program of the run gave to its own worker or child stay as they are.
 */

let payload;

// Variables of the manifest that hold secrets: set in here, so that no environment block of a process that sealrun
// started has them. A worker begins with a copy of this process's.
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

/** False in a child without the channel, whose own code may look through its arguments and find none. */
function isSocket(descriptor) {
  try {
    return fs.fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}
