import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { hangAndKill } from "./hang-and-kill.ts";
import { brokenInvariants } from "./invariants.ts";

const rounds = Number(process.env["SEALRUN_HUNG_ROUNDS"] ?? 1);
const runs = 60;
/** Several a second, so that some are at each of their stages when a platform stops. */
const betweenRunsMs = 300;

let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
});

describe.each(Array.from({ length: rounds }, (_, round) => round + 1))("hangAndKill() in round %i", () => {
  test(
    "sealrun platform that hangs for 4 s and is killed costs no line, no receipt and no step's end",
    // Only a test that hangs is ended: most of its time are waits for platforms that hang, and restarts.
    { timeout: 600_000 },
    async () => {
      // On a machine that is busy with other tests as well, one platform may not answer for a short lease.
      const limits = { ...clusterLimits, leaseMs: 45_000 };
      const opened = await startCluster({ programs: programs(), slots: 8, limits });
      cluster = opened;
      await opened.pushScript("sets", "printf second | sealrun-context set SECOND --scope project");
      await opened.pushScript(
        "talks",
        `sealrun-context get DB_PASS >/dev/null || exit 5
for part in $(seq 1 20); do number $((part * 10 - 9)) $((part * 10)); sleep 0.15; done
sealrun-context get SECOND >/dev/null || exit 5`,
        {},
        { numbers: 200, reads: ["DB_PASS", "SECOND"] },
      );
      await opened.end(await opened.run("sets"));
      const accepted: string[] = [];
      const all = Promise.withResolvers<void>();
      const isOver = all.promise.then(() => true);
      const hanging = (async () => {
        for (;;) {
          for (const platform of opened.platforms) {
            await hangAndKill(platform);
            await platform.start();
            if (await Promise.race([isOver, sleep(500, false)])) return;
          }
        }
      })();
      try {
        for (let count = 0; count < runs; count += 1) {
          const started = opened.run("talks").then((id) => void accepted.push(id));
          await Promise.all([started, sleep(betweenRunsMs)]);
        }
        await opened.ends(accepted);
      } finally {
        all.resolve();
        await hanging;
      }
      expect(await opened.failures(accepted)).toEqual([]);
      expect(await brokenInvariants(opened, { accepted })).toEqual([]);
    },
  );
});
