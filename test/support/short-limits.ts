import { flushCompileCache } from "node:module";
import { limits } from "@sealrun/protocol";

/*
 * Loaded by `--import` in front of a part that a test starts: it has shorter leases, so that a test need not wait a
 * minute for one to end, and, when asked for, a clock that is off. Nothing of this is in what is shipped.
 */
Object.assign(limits, JSON.parse(process.env["SEALRUN_TEST_LIMITS"] ?? "{}"));

const offMs = Number(process.env["SEALRUN_TEST_CLOCK_MS"] ?? 0);
if (offMs !== 0) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + offMs;
}

// What is killed keeps nothing at its end, and each start would strip and compile all sources again.
setTimeout(flushCompileCache, 3_000).unref();
