import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { type Cost, costOfRun, type PartCost } from "../support/cost-of-runs.ts";
import { programs } from "../support/servers.ts";

/** What one plain run cost all parts together in three measurements: 158, 159 and 159 statements; 18, 19 and 20 messages. */
const runBefore: Cost = { statements: 159, messages: 20 };
/** What all parts together send in four idle seconds. */
const idleBefore: Cost = { statements: 96, messages: 7 };

/** What may be added before the reason has to be known; of an idle platform one statement a second. */
const mayAdd: Cost = { statements: 2, messages: 1 };
const idleMayAdd: Cost = { statements: 4, messages: 1 };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), platforms: 1, executors: 1, limits: {}, counts: true });
  const secrets = { "secrets.json": JSON.stringify({ DB_PASS: "canary-of-the-plain-run" }) };
  // Its pauses are longer than what reports are held back for, so that each run makes as many chunks.
  const plain = "sealrun-context get DB_PASS >/dev/null\nsleep 0.3\necho done\nsleep 0.3\n";
  await cluster.push("plain", { "main.sh": plain, ...secrets });
  await cluster.push("asks-more", { "main.sh": `sealrun-context get NOT_THERE\n${plain}`, ...secrets });
  // What only the first run of a package costs.
  for (const name of ["plain", "asks-more"]) await cluster.end(await cluster.run(name));
});
afterAll(async () => cluster.close());

test("sealrun run costs no more statements and messages than it did", { timeout: 600_000 }, async () => {
  const plain = await costOfRun(cluster, async () => cluster.run("plain"), { spans: 7 });
  const asksMore = await costOfRun(cluster, async () => cluster.run("asks-more"), { spans: 3 });
  process.stderr.write(`cost of a run: ${JSON.stringify([...plain])}\n`);
  const [run, idle] = [total(plain, "run"), total(plain, "idle")];
  expect(run.statements, "statements of a run").toBeLessThanOrEqual(runBefore.statements + mayAdd.statements);
  expect(run.messages, "messages of a run").toBeLessThanOrEqual(runBefore.messages + mayAdd.messages);
  expect(idle.statements, "statements of idle parts").toBeLessThanOrEqual(
    idleBefore.statements + idleMayAdd.statements,
  );
  expect(idle.messages, "messages of idle parts").toBeLessThanOrEqual(idleBefore.messages + idleMayAdd.messages);
  // Else nothing was counted: one more question of a script is a request, its answer, and statements.
  expect(run.statements).toBeGreaterThan(50);
  expect(total(asksMore, "run").statements).toBeGreaterThan(run.statements);
  expect(total(asksMore, "run").messages).toBeGreaterThanOrEqual(run.messages + 2);
});

function total(parts: ReadonlyMap<string, PartCost>, of: keyof PartCost): Cost {
  const costs = [...parts.values()].map((part) => part[of]);
  return {
    statements: costs.reduce((sum, { statements }) => sum + statements, 0),
    messages: costs.reduce((sum, { messages }) => sum + messages, 0),
  };
}
