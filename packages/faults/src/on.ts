import { appendFileSync, readFileSync, unlinkSync } from "node:fs";
import type { CrashPoint, FaultKind } from "./points.ts";

export { type CrashPoint, crashPoints, type FaultKind, faultKinds } from "./points.ts";

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
 *                                       its transaction or nothing, itself) and each message to NATS ("nats", its subject)
 */

/** A connection that broke after the call was performed and before its answer came. */
class ConnectionLost extends Error {
  readonly code = "ECONNRESET";
}

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
  if (crashFile !== undefined && namedIn(crashFile) === point) {
    unlinkSync(crashFile);
    die();
  }
  if (point !== crashAt) return;
  passagesLeft -= 1;
  if (passagesLeft <= 0) die();
}

/** Throws as a broken connection does, with the probability and the seed of SEALRUN_FAULTS. */
export function failAfter(kind: FaultKind): void {
  if (rate === 0 || (kinds !== undefined && !kinds.includes(kind))) return;
  if (nextRandom() < rate) throw new ConnectionLost(`Connection lost after the call (injected, ${kind})`);
}

const countFile = process.env["SEALRUN_COUNT_FILE"];

/** Transactions by their connection: the first statement after "begin", or undefined until there is one. */
const transactions = new WeakMap<object, string | undefined>();

/** Notes a statement that is about to be sent, and the first statement of its transaction, which shows its purpose. */
export function countStatement(connection: object, text: string): void {
  if (countFile === undefined) return;
  if (text === "begin") {
    transactions.set(connection, undefined);
    return;
  }
  const known = transactions.get(connection);
  if (!transactions.has(connection)) return note("sql", "", text);
  const first = known ?? text;
  if (known === undefined) note("sql", first, "begin");
  note("sql", first, text);
  if (text === "commit" || text === "rollback") transactions.delete(connection);
  else transactions.set(connection, first);
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

function die(): never {
  process.kill(process.pid, "SIGKILL");
  // Nothing may happen before the signal arrives.
  for (;;);
}

/** A number from 0 to 1 by mulberry32, whose state is one number, so that a seed repeats the same faults. */
function nextRandom(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
