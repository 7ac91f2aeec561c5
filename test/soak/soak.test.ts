import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { programs } from "../support/servers.ts";
import { maxStalledSeconds, soak } from "./soak.ts";

/** `SOAK_SEED=1,2,3` repeats what these seeds did; without it a new one is drawn and printed. */
const seeds = process.env["SOAK_SEED"]?.split(",").map(Number) ?? [randomInt(1, 2 ** 31)];
const seconds = Number(process.env["SOAK_SECONDS"] ?? 60);
const executions = Number(process.env["SOAK_EXECUTIONS"] ?? 200);

test.each(seeds)(
  "sealrun keeps every execution through random faults with seed %i",
  { timeout: seconds * 3_000 + 900_000 },
  async (seed) => {
    const say = (line: string): void => void process.stderr.write(`soak ${seed}: ${line}\n`);
    const summary = await soak({ programs: programs(), seed, seconds, executions, say });
    say(JSON.stringify(summary));
    expect(summary.accepted).toBe(executions);
    // No package of it fails by itself: what failed would have done so for a reason of the machine.
    expect(summary.ends["failed"] ?? 0, JSON.stringify(summary)).toBe(0);
    expect(summary.stalledSeconds, "seconds in which nothing ended").toBeLessThanOrEqual(maxStalledSeconds);
    expect(summary.broken, `replay with SOAK_SEED=${seed}`).toEqual([]);
  },
);
