import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import {
  auditIsSealed,
  averageCostOfRuns,
  budget,
  type Cost,
  type CostLimits,
  costOfRun,
  describeIdle,
  type Idle,
  idleStatements,
  plainRun,
  signingKeysParsed,
  watchIdle,
} from "../support/cost-of-runs.ts";
import { programs } from "../support/servers.ts";

/**
 * What it may cost where that is above the budget: as measured, and a small allowance. A change that lowers a figure
 * lowers it here; what reaches the budget is removed.
 */
const today: CostLimits = {
  // On a busy machine a part asks PostgreSQL more often for its time: whatever takes a second makes it ask.
  alone: { platformTrips: 17 },
  // Four messages belong to each run, and seven to each batch of ends and claims: runs that end one by one fill few. A
  // machine on which runs take long sends more reports: 17.0 statements, 8.7 trips and 8.9 messages beside two busy loops.
  // Since each run is in a worker's process, runs end less together, and fewer share a request: 20.4 and 5.1 statements.
  average: { platformStatements: 22, platformTrips: 11, keyringStatements: 6, keyringTrips: 4, messages: 12 },
};

let cluster: Cluster;
let idle: Idle;
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    platforms: 1,
    executors: 1,
    slots: 8,
    limits: {},
    counts: true,
  });
  await cluster.push("plain", plainRun);
  await cluster.push("asks-more", { ...plainRun, "main.js": `${asksFive}${plainRun["main.js"]}` });
  // What only the first run of a package costs.
  for (const name of ["plain", "asks-more"]) await cluster.end(await cluster.run(name));
  await auditIsSealed(cluster);
  idle = await watchIdle(cluster, { spans: 6 });
});
afterAll(async () => cluster.close());

const asksFive = `import * as sdk from "@sealrun/sdk";\nfor (const name of ["A", "B", "C", "D", "E"]) sdk.getSecret(name);\n`;

test("sealrun run costs no more than its budget, alone", { timeout: 600_000 }, async () => {
  const plain = await costOfRun(cluster, async () => cluster.run("plain"), { idle, spans: 3 });
  expectWithin("alone", plain);
  for (const [name, figure] of Object.entries(plain)) expect(figure, name).toBeGreaterThan(0);
  // Else nothing was counted: each more question of a script is a request, its answer, and statements.
  const asksMore = await costOfRun(cluster, async () => cluster.run("asks-more"), { idle, spans: 1 });
  expect(asksMore.platformStatements).toBeGreaterThan(plain.platformStatements + 5);
  expect(asksMore.messages).toBeGreaterThan(plain.messages + 5);
  expect(asksMore.signatures).toBeGreaterThan(plain.signatures + 5);
});

test("sealrun run costs no more than its budget, on average of 100 with 8 slots", { timeout: 600_000 }, async () => {
  const average = await averageCostOfRuns(cluster, async () => cluster.run("plain"), { idle, runs: 100, rounds: 3 });
  expectWithin("average", average);
});

test("sealrun platform, keyring and executor send no more statements than their budget while they are idle", () => {
  const statements = idleStatements(idle);
  process.stderr.write(
    `statements in an idle second: ${statements.toFixed(2)}; in all spans:\n${describeIdle(idle)}\n`,
  );
  // Otherwise nothing was counted.
  expect(statements).toBeGreaterThan(0.1);
  expect(statements).toBeLessThanOrEqual(budget.idle ?? 0);
});

test("sealrun run has each part parse each signing key once, however many runs there are", async () => {
  const parsed = await signingKeysParsed(cluster);
  // A part's own private key is parsed at its start as well, to compare its public half with the file's.
  const often = [...parsed].filter(([key, times]) => times > (key.includes(" private ") ? 2 : 1));
  expect(often).toEqual([]);
  // Else nothing was counted: each of the three parts signs and checks.
  for (const part of ["platform-0", "keyring-0", "executor-0"]) {
    for (const half of ["private", "public"]) {
      expect(
        [...parsed.keys()].some((key) => key.startsWith(`${part} ${half} `)),
        `${part} ${half}`,
      ).toBe(true);
    }
  }
});

function expectWithin(which: "alone" | "average", cost: Cost): void {
  const rows = Object.entries(cost).map(([name, figure]) => ({ name, figure: Math.round(figure * 100) / 100 }));
  process.stderr.write(`${which}: ${rows.map(({ name, figure }) => `${name} ${figure}`).join(", ")}\n`);
  const [budgets, measured]: readonly Readonly<Record<string, number>>[] = [budget[which], today[which]];
  const over = rows.map((row) => ({ ...row, limit: highest(budgets?.[row.name], measured?.[row.name]) }));
  expect(over.filter(({ figure, limit }) => figure > limit)).toEqual([]);
}

/** Of the budget and what is measured today; a figure that has neither may be nothing. */
function highest(...limits: readonly (number | undefined)[]): number {
  return Math.max(...limits.map((limit) => limit ?? 0));
}
