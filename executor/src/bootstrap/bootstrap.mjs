import fs from "node:fs";
import module, { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import util from "node:util";
import { isMainThread } from "node:worker_threads";

/*
 * Loaded before a script (`node --import …/bootstrap.mjs script.js`) and before each of its workers. Ferris scripts
 * read `JSON.parse(process.argv[2])`: here that element is made at first access, so that the real command line has no
 * values, and a script that does not use it reads nothing. Arguments that a script passes to its own worker or child stay
 * unchanged.
 */

// Stack traces name the file and line of TypeScript. Libraries are left as they are, and cost nothing.
module.setSourceMapsSupport(true, { nodeModules: false });

// In place of a script: there is no such file, and Node looks for it only after this one has run.
const scriptAtGo = new URL("script-at-go", import.meta.url);
if (isMainThread && process.argv[1] === fileURLToPath(scriptAtGo)) waitForScript();

// A bundle runs in place of its script, which knows itself by its own name.
const bundle = /^(?<folder>.*\/)\.sealrun\.(?<script>[^/]+)\.mjs$/.exec(process.argv[1] ?? "")?.groups;
if (bundle !== undefined) process.argv[1] = bundle.folder + bundle.script;

// The manifest's variables that contain secrets are set here, inside the process, so that they are in no environment
// block of a process that sealrun started. A worker starts with a copy of this process's variables.
if (isMainThread && process.env.SEALRUN_SEALED_ENV === "1" && hasChannel()) {
  delete process.env.SEALRUN_SEALED_ENV;
  Object.assign(process.env, sdk().readStepVariables());
}

// Only the script of `sealrun local` itself has this variable; what it starts gets its own arguments as they are.
const isLocalScript = process.env.SEALRUN_LOCAL_SCRIPT === "1";
delete process.env.SEALRUN_LOCAL_SCRIPT;

if (process.argv.length === 2 && (isLocalScript || hasChannel())) {
  process.argv = offerPayload(process.argv);
  const { parseArgs } = util;
  // Node reads process.argv in a way that a Proxy cannot tell from a script's own reading of an element.
  util.parseArgs = (config = {}) =>
    parseArgs(config?.args === undefined ? { ...config, args: process.argv.slice(2) } : config);
  module.syncBuiltinESMExports();
}

/**
 * The arguments, which are no more than program and script, with the payload as one more element. Only an index reads
 * it: methods, iteration and copies see what the real command line has, so that a parser of arguments finds none and no
 * child gets the payload on its command line. A script that sets or adds arguments gets what it has set.
 */
function offerPayload(given) {
  let isOffered = true;
  let payload;
  const isNext = (key) => isOffered && given.length === 2 && key === "2";
  const read = () => (payload ??= sdk().readPayload());
  const byPosition = {
    at: (index) =>
      process.argv[Math.trunc(index) < 0 ? process.argv.length + Math.trunc(index) : Math.trunc(index) || 0],
    pop: () => {
      const last = read();
      isOffered = false;
      return last;
    },
    toJSON: () => [...given],
  };
  return new Proxy(given, {
    get(target, key) {
      if (isNext(key)) return read();
      const value = target[key];
      if (!isNext("2")) return value;
      if (key === "length") return 3;
      if (Object.hasOwn(byPosition, key)) return byPosition[key];
      const isMethod = typeof value === "function" && key !== "constructor";
      return isMethod ? (...args) => value.apply(target, args) : value;
    },
    set(target, key, value) {
      if (key === "length" && value < 3) isOffered = false;
      target[key] = value;
      return true;
    },
    deleteProperty(target, key) {
      if (key === "2") isOffered = false;
      return delete target[key];
    },
  });
}

function sdk() {
  return createRequire(import.meta.url)("@sealrun/sdk");
}

/** False in a child process without the channel: its arguments must stay as they are. */
function hasChannel() {
  try {
    const pipe = fs.fstatSync(4);
    return pipe.isFIFO() && pipe.nlink === 0 && fs.fstatSync(3).isSocket();
  } catch {
    return false;
  }
}

/**
 * For a process that was started ahead of its step: says that it is ready and waits for the script's path and variables.
 * If descriptor 3 ends first, nothing of a package has run.
 */
function waitForScript() {
  sdk();
  // It stays loaded. A script's own list of what it has required begins empty.
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve("@sealrun/sdk")];
  fs.writeSync(3, "ready\n");
  const { script, variables } = JSON.parse(readGo());
  Object.assign(process.env, variables);
  process.argv[1] = script;
  // Node asks once for what it was started with. From then on this file has no part in how modules are found.
  const hooks = module.registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier !== scriptAtGo.href) return next(specifier, context);
      hooks.deregister();
      return next(pathToFileURL(script).href, context);
    },
  });
}

/** The text of the line `go …`; the executor sends nothing after it until it is asked. */
function readGo() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const count = fs.readSync(3, chunk);
    if (count === 0) process.exit(70);
    chunks.push(chunk.subarray(0, count));
    if (chunk[count - 1] === 0x0a) return Buffer.concat(chunks).toString().slice("go ".length);
  }
}
