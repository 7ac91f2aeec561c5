import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";

/** Twice the slowest of what parts do now and then. */
const spanMs = 60_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), platforms: 1, executors: 1, limits: {}, counts: true });
  await cluster.pushScript("ask", "sealrun-context get DB_PASS >/dev/null || exit 4");
});
afterAll(async () => cluster.close());

test("sealrun that is idle sends at most one SQL statement a second, all processes together", async () => {
  const id = await cluster.run("ask");
  expect((await cluster.end(id)).status).toBe("succeeded");
  for (const name of ["main", "keyring"] as const) {
    const sql = await cluster.database(name);
    const rest = z.object({ rest: z.number() });
    await until(async () =>
      (await sql.row(rest, "select count(*)::int as rest from audit_unsealed"))?.rest === 0 ? true : undefined,
    );
  }
  // What a run wakes looks once more a second later.
  await sleep(5_000);
  const before = await countAll();
  await sleep(spanMs);
  const after = await countAll();
  const counted = new Map([...after].map(([name, lines]) => [name, lines.slice(before.get(name)?.length ?? 0)]));
  process.stderr.write(`statements of an idle minute: ${describe(counted)}\n`);
  const total = [...counted.values()].reduce((sum, lines) => sum + lines.length, 0);
  expect(total).toBeLessThanOrEqual(spanMs / 1_000);
  // Otherwise nothing was counted.
  expect(total).toBeGreaterThan(10);
});

/** The statements that each part has sent so far. */
async function countAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = cluster.parts.map(async ({ name }): Promise<[string, readonly string[]]> => {
    const text = await readFile(join(cluster.folder, name, "faults/counts"), "utf8").catch(() => "");
    return [name, text.split("\n").filter((line) => line.startsWith("sql\t"))];
  });
  return new Map(await Promise.all(read));
}

function describe(counted: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...counted].flatMap(([name, statements]) => {
    const times = new Map<string, number>();
    for (const line of statements) {
      const text = line.split("\t").at(-1)?.slice(0, 60) ?? "";
      times.set(text, (times.get(text) ?? 0) + 1);
    }
    return [`${name}: ${statements.length}`, ...[...times].map(([text, count]) => `  ${count} ${text}`)];
  });
  return lines.join("\n");
}
