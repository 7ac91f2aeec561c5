import type { ChildProcess } from "node:child_process";
import crypto, { type KeyObject } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync, chmodSync, existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname } from "node:path";
import type { CrashPoint, FaultKind } from "./points.ts";
import type { WorkerStart } from "./worker-start.ts";

export { type CrashPoint, crashPoints, type FaultKind, faultKinds } from "./points.ts";
export type { WorkerStart } from "./worker-start.ts";

/*
 * The door of test builds: a process that was started with `--conditions=@sealrun/faults` gets this file instead of
 * `off.ts`, and reads four variables.
 *
 *   SEALRUN_CRASH_AT=POINT[:N]          dies of SIGKILL at the N-th passage of a point (default: 1)
 *   SEALRUN_CRASH_FILE=PATH             the same, for a process that runs already: dies at the point that the file names,
 *                                       and removes the file first, so that the next process does not die too
 *   SEALRUN_FAULTS=SEED:RATE[:KIND,…]   reports calls of these kinds (default: all) as failed after they were
 *                                       performed, each with probability RATE
 *   SEALRUN_COUNT_FILE=PATH             adds a line to that file for each SQL statement ("sql", the first statement of
 *                                       its transaction or nothing, itself), each wait for PostgreSQL ("trip", the same
 *                                       of the statement that began it), each message to NATS ("nats", its subject),
 *                                       each Ed25519 signature ("signature", "made" or "checked"), each parsing of a key
 *                                       ("key", "private" or "public", its type, a digest of it) and each process that
 *                                       this one starts ("spawn", its program)
 */

/** A connection that broke after the call was performed and before its answer came. */
class ConnectionLost extends Error {
  readonly code = "ECONNRESET";
}

/** Set in a worker: the file that it makes to kill the part that it belongs to, which it may not signal. */
const partVariable = "SEALRUN_CRASH_PART";
const part = process.env[partVariable];

const crash = /^(?<point>[a-z.-]+)(?::(?<passage>[0-9]+))?$/.exec(process.env["SEALRUN_CRASH_AT"] ?? "")?.groups;
const crashAt = crash?.["point"];
let passagesLeft = Number(crash?.["passage"] ?? 1);
const crashFile = process.env["SEALRUN_CRASH_FILE"];

const faults = /^(?<seed>[0-9]+):(?<rate>[0-9.]+)(?::(?<kinds>[a-z,]+))?$/.exec(
  process.env["SEALRUN_FAULTS"] ?? "",
)?.groups;
const rate = Number(faults?.["rate"] ?? 0);
const kinds = faults?.["kinds"]?.split(",");
let state = Number(faults?.["seed"] ?? 1) >>> 0;

/** Dies of SIGKILL when the variables name this point and this passage. */
export function crashPoint(point: CrashPoint): void {
  const named = crashFile === undefined ? undefined : namedIn(crashFile);
  if (crashFile !== undefined && isNamed(point, named)) {
    unlinkSync(crashFile);
    die(named);
  }
  if (!isNamed(point, crashAt)) return;
  passagesLeft -= 1;
  if (passagesLeft <= 0) die(crashAt);
}

/** Throws as a broken connection does, with the probability and the seed of SEALRUN_FAULTS. */
export function failAfter(kind: FaultKind): void {
  if (rate === 0 || (kinds !== undefined && !kinds.includes(kind))) return;
  if (nextRandom() < rate) throw new ConnectionLost(`Connection lost after the call (injected, ${kind})`);
}

/**
 * What a process must give to another process of the same part that it starts: it is of the test build too. A point of
 * the part that is passed there kills the part, and so both. The other process may have another user and no way to this
 * one but files in the folders of these variables.
 */
export function workerStart(): WorkerStart {
  if (countFile !== undefined) {
    appendFileSync(countFile, "");
    if (part === undefined) chmodSync(countFile, 0o666);
  }
  const names = ["SEALRUN_CRASH_AT", "SEALRUN_CRASH_FILE", "SEALRUN_COUNT_FILE", "SEALRUN_TEST_LIMITS"];
  const given = [...names, "NODE_COMPILE_CACHE"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    arguments: process.execArgv.filter((argument) => /^--(?:conditions|import)=/.test(argument)),
    environment: {
      ...Object.fromEntries(given),
      ...(crashFile === undefined ? {} : { [partVariable]: watchForDeath(crashFile) }),
    },
    folders: [...new Set([crashFile, countFile].flatMap((file) => (file === undefined ? [] : [dirname(file)])))],
  };
}

/** How often a part looks whether a worker has passed the point at which both die. */
const lookMs = 2;
let looking: NodeJS.Timeout | undefined;

/** Dies when the returned file is there. */
function watchForDeath(file: string): string {
  const told = `${file}.part`;
  looking ??= setInterval(() => {
    if (!existsSync(told)) return;
    unlinkSync(told);
    process.kill(process.pid, "SIGKILL");
  }, lookMs).unref();
  return told;
}

const countFile = process.env["SEALRUN_COUNT_FILE"];
if (countFile !== undefined) {
  countSignatures();
  countParses();
  countSpawns();
}

/** Transactions by their connection: the first statement after "begin", or undefined until there is one. */
const transactions = new WeakMap<object, Transaction>();

interface Transaction {
  readonly first: string | undefined;
  /** "begin" was sent while nothing was unanswered. */
  readonly hasWaited: boolean;
}

/**
 * Notes a statement that is about to be sent, with the first statement of its transaction, which shows its purpose; and
 * a wait, unless the connection is a pipelined one with a statement that is not answered yet.
 */
export function countStatement(connection: object, text: string): void {
  if (countFile === undefined) return;
  const isWait = beginsWait(connection);
  const known = transactions.get(connection);
  if (text === "begin") {
    transactions.set(connection, { first: undefined, hasWaited: isWait });
    return;
  }
  const first = known === undefined ? "" : (known.first ?? text);
  if (known !== undefined && known.first === undefined) noteStatement(first, "begin", known.hasWaited);
  noteStatement(first, text, isWait);
  if (known === undefined) return;
  if (text === "commit" || text === "rollback") transactions.delete(connection);
  else transactions.set(connection, { first, hasWaited: false });
}

function noteStatement(first: string, text: string, isWait: boolean): void {
  note("sql", first, text);
  if (isWait) note("trip", first, text);
}

/** How many statements each connection has sent that are not answered. */
const unanswered = new WeakMap<object, number>();

/** Whether a statement that is sent now has a wait of its own. A pool takes a free connection for each statement. */
function beginsWait(connection: object): boolean {
  const answers: unknown = "connection" in connection ? connection.connection : undefined;
  if (!("pipeline" in connection) || connection.pipeline !== true || !isEmitter(answers)) return true;
  const known = unanswered.get(connection);
  if (known === undefined) {
    // PostgreSQL says so once for each statement, a failed one too.
    answers.on("readyForQuery", () => {
      unanswered.set(connection, Math.max(0, (unanswered.get(connection) ?? 0) - 1));
    });
  }
  unanswered.set(connection, (known ?? 0) + 1);
  return (known ?? 0) === 0;
}

function isEmitter(value: unknown): value is { on: (event: string, listener: () => void) => void } {
  return typeof value === "object" && value !== null && "on" in value && typeof value.on === "function";
}

/** Notes each Ed25519 signature, wherever the process makes or checks it. */
function countSignatures(): void {
  const { sign, verify } = crypto;
  // Among keys that sealrun uses, only those of Ed25519 come with their own digest.
  Object.assign(crypto, {
    sign: (...given: Parameters<typeof sign>) => {
      if (given[0] === null) note("signature", "made");
      return sign(...given);
    },
    verify: (...given: Parameters<typeof verify>) => {
      if (given[0] === null) note("signature", "checked");
      return verify(...given);
    },
  });
  syncBuiltinESMExports();
}

/** Notes each key that is parsed from its bytes; not a public one that is derived from a parsed private one. */
function countParses(): void {
  const { createPrivateKey, createPublicKey } = crypto;
  const noteKey = (half: "private" | "public", key: KeyObject, given: unknown): void => {
    if (typeof given !== "object" || given === null || !("key" in given) || !(given.key instanceof Uint8Array)) return;
    const digest = crypto.createHash("sha256").update(given.key).digest("hex");
    note("key", half, key.asymmetricKeyType ?? "", digest.slice(0, 16));
  };
  Object.assign(crypto, {
    createPrivateKey: (...given: Parameters<typeof createPrivateKey>) => {
      const key = createPrivateKey(...given);
      noteKey("private", key, given[0]);
      return key;
    },
    createPublicKey: (...given: Parameters<typeof createPublicKey>) => {
      const key = createPublicKey(...given);
      noteKey("public", key, given[0]);
      return key;
    },
  });
  syncBuiltinESMExports();
}

/** Notes each process that this one starts; what that one starts is not seen. */
function countSpawns(): void {
  subscribe("child_process", (message) => {
    // The channel speaks before the program is known.
    queueMicrotask(() => {
      if (hasChild(message)) note("spawn", basename(message.process.spawnfile));
    });
  });
}

function hasChild(message: unknown): message is { readonly process: ChildProcess } {
  return typeof message === "object" && message !== null && "process" in message;
}

/** Notes all messages that the connection publishes from now on: requests, replies, acknowledgements, JetStream's own too. */
export function countPublishes(connection: object): void {
  if (countFile === undefined) return;
  // All of them pass this private method of the client.
  const protocol: unknown = "protocol" in connection ? connection.protocol : undefined;
  if (!hasPublish(protocol)) throw new TypeError("the NATS client publishes elsewhere");
  const publish = protocol.publish.bind(protocol);
  protocol.publish = (subject, ...rest) => {
    note("nats", subject);
    publish(subject, ...rest);
  };
}

function hasPublish(value: unknown): value is { publish: (subject: string, ...rest: readonly unknown[]) => void } {
  return typeof value === "object" && value !== null && "publish" in value && typeof value.publish === "function";
}

/** Long enough to distinguish statements. */
const notedCharacters = 160;

function note(...fields: readonly [kind: string, ...what: readonly string[]]): void {
  if (countFile === undefined) return;
  const short = fields.map((field) => field.replaceAll(/\s+/g, " ").trim().slice(0, notedCharacters));
  appendFileSync(countFile, `${short.join("\t")}\n`);
}

function namedIn(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Points of an executor that its worker passes have a second name: `worker.` instead of `executor.` kills the worker alone. */
function isNamed(point: CrashPoint, name: string | undefined): boolean {
  return name === point || (part !== undefined && name === point.replace("executor.", "worker."));
}

function die(name: string | undefined): never {
  const isOfPart = part !== undefined && name?.startsWith("worker.") !== true;
  if (isOfPart) writeFileSync(part, "");
  else process.kill(process.pid, "SIGKILL");
  // Nothing may happen before the end.
  for (;;);
}

/** A number from 0 to 1 by mulberry32, whose state is one number, so that a seed repeats the same faults. */
function nextRandom(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
