import { readFileSync, unlinkSync } from "node:fs";
import type { CrashPoint, FaultKind } from "./points.ts";

export { type CrashPoint, crashPoints, type FaultKind, faultKinds } from "./points.ts";

/*
 * The door of test builds: a process that was started with `--conditions=@sealrun/faults` gets this file in place of
 * `off.ts`, and obeys three variables.
 *
 *   SEALRUN_CRASH_AT=POINT[:N]          dies of SIGKILL at the N-th passage of a point (1 without N)
 *   SEALRUN_CRASH_FILE=PATH             the same, for a process that runs already: dies at the point that the file names,
 *                                       and removes the file first, so that its successor lives
 *   SEALRUN_FAULTS=SEED:RATE[:KIND,…]   reports calls of these kinds (all without any) as failed after they were
 *                                       performed, each with probability RATE
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

/** Dies of SIGKILL when this passage of this point was asked for. */
export function crashPoint(point: CrashPoint): void {
  if (crashFile !== undefined && namedIn(crashFile) === point) {
    unlinkSync(crashFile);
    die();
  }
  if (point !== crashAt) return;
  passagesLeft -= 1;
  if (passagesLeft <= 0) die();
}

/** Throws as a broken connection does, when the dice of the seed say so. */
export function failAfter(kind: FaultKind): void {
  if (rate === 0 || (kinds !== undefined && !kinds.includes(kind))) return;
  if (nextRandom() < rate) throw new ConnectionLost(`Connection lost after the call (injected, ${kind})`);
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
  // The signal is on its way; nothing more may happen before it arrives.
  for (;;);
}

/** From 0 to 1: mulberry32, whose whole state is one number, so that a seed replays. */
function nextRandom(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
