import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorBody, type HealthCheck, platformHealth, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const hourMs = 3_600_000;
/** An hour as parts report it: an answer that takes a moment makes it a second more or less. */
const anHour = String.raw`3(?:59|60)\d seconds`;
/** How long a clock is wrong: less than a lease is long. */
const wrongMs = 20_000;
const accepted: string[] = [];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    platforms: 2,
    executors: 2,
    clocks: true,
    limits: { ...clusterLimits, leaseMs: 45_000 },
  });
  await cluster.pushScript("set", `printf %s "$id" | sealrun-context set OF_THE_PROJECT --scope project || exit 3`);
  await cluster.pushScript(
    "ask",
    `for n in 1 2 3 4 5 6; do
  sealrun-context get OF_THE_PROJECT >/dev/null || exit 4
  printf %s "$n" | sealrun-context state put "$id" || exit 5
  sleep 0.5
done`,
  );
  await cluster.pushScript("again", "sealrun-context get DB_PASS >/dev/null || exit 4\nsleep 2", { on_lost: "rerun" });
  await cluster.end(await start("set"));
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test("setClock() sets the clock of one part, or of PostgreSQL, while it runs", { timeout }, async () => {
  expect((await clockOf(0)).state).toBe("good");
  await waitForGrantEnds();
  await cluster.part("platform-0").setClock(-hourMs);
  expect([(await clockOf(0)).state, (await clockOf(1)).state]).toEqual(["bad", "good"]);
  await cluster.postgres.setClock(-hourMs);
  expect([(await clockOf(0)).state, (await clockOf(1)).state]).toEqual(["good", "bad"]);
  await cluster.postgres.setClock(0);
  await cluster.part("platform-0").setClock(0);
  await until(async () => ((await acceptsChanges(0)) && (await acceptsChanges(1)) ? true : undefined));
});

test(
  "sealrun platform whose clock is an hour behind says so, and runs are had at the other one",
  { timeout },
  async () => {
    await cluster.part("platform-0").setClock(-hourMs);
    // At once, before it can have looked: never a 403.
    const answers = [await startAt(0)];
    await until(
      async () => (answers.push(await startAt(0)), answers.at(-1)?.code === "CLOCK_WRONG" ? true : undefined),
    );
    expect(answers.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
    expect(answers.at(-1)).toMatchObject({
      status: 503,
      message: expect.stringMatching(
        new RegExp(`^The clock of .+ is ${anHour} behind that of PostgreSQL; check the time service`),
      ),
    });
    const clock = await clockOf(0);
    expect(clock.state).toBe("bad");
    expect(clock.sentence).toMatch(new RegExp(`is ${anHour} behind that of PostgreSQL`));
    const ids = [await start("ask"), await start("again")];
    expect((await cluster.ends(ids)).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    await cluster.part("platform-0").setClock(0);
    await until(async () => ((await acceptsChanges(0)) ? true : undefined));
  },
);

test(
  "sealrun platform whose clock is an hour behind costs none of 40 runs beside another one",
  { timeout },
  async () => {
    const ids = await startWhile(40, async () => cluster.part("platform-1").setClock(-hourMs));
    await cluster.part("platform-1").setClock(0);
    await expectAllOnce(ids);
  },
);

test("sealrun executor whose clock is an hour ahead loses no end and runs nothing twice", { timeout }, async () => {
  const executor = cluster.part("executor-0");
  const ids = await startWhile(30, async () => executor.setClock(hourMs));
  await executor.setClock(0);
  await expectAllOnce(ids);
  expect(await until(async () => logOf("executor-0", "No executions are taken until the clocks agree"))).toMatch(
    new RegExp(`${anHour} ahead`),
  );
});

test("sealrun keyring whose clock is an hour behind keeps runs waiting, and fails none", { timeout }, async () => {
  const keyring = cluster.part("keyring-0");
  const ids = await startWhile(8, async () => keyring.setClock(-hourMs));
  await keyring.setClock(0);
  await expectAllOnce(ids);
});

test("sealrun with clocks that were wrong leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});

async function start(name: string): Promise<string> {
  const id = await cluster.run(name);
  accepted.push(id);
  return id;
}

/** Starts a third of the runs, breaks a clock while they run, and starts the others while it is wrong. */
async function startWhile(count: number, breakClock: () => Promise<void>): Promise<readonly string[]> {
  const ids: string[] = [];
  const startNext = async (): Promise<void> => {
    ids.push(await start(ids.length % 2 === 0 ? "ask" : "again"));
  };
  const before = Math.ceil(count / 3);
  while (ids.length < before) await startNext();
  await cluster.witness.wait(ids[0] ?? "", "start");
  await breakClock();
  const wrongAt = performance.now();
  while (ids.length < count) {
    await startNext();
    // At fixed times: on a slow machine, starts must not keep the clock wrong for longer than runs can wait.
    const nextAt = wrongAt + (wrongMs * (ids.length - before)) / (count - before);
    await sleep(Math.max(0, nextAt - performance.now()));
  }
  return ids;
}

/**
 * Waits until the keyring has recorded the end of each run. A row that it writes in the second in which PostgreSQL's clock
 * goes back would have an earlier time than the rows before, which breaks its audit until an admin accepts that.
 */
async function waitForGrantEnds(): Promise<void> {
  const main = await cluster.database("main");
  await until(async () => {
    const query = "select 1 as open from attempts where granted_at is not null and grant_ended_at is null limit 1";
    return (await main.row(z.object({ open: z.number() }), query)) === undefined ? true : undefined;
  });
}

async function expectAllOnce(ids: readonly string[]): Promise<void> {
  expect(await cluster.failures(ids)).toEqual([]);
  expect(ids.filter((id) => cluster.witness.count(id) !== 1)).toEqual([]);
}

/** Starts a run at only one platform. */
async function startAt(index: number): Promise<{ status: number; code?: string; message?: string }> {
  const response = await send(index, "POST", "/projects/acme/packages/again/executions", {});
  const body: unknown = await response.json();
  if (response.status !== 202) return { status: response.status, ...errorBody.parse(body).error };
  accepted.push(startedExecution.parse(body).id);
  return { status: response.status };
}

/** True when a platform accepts a change: it answers that this project already exists. */
async function acceptsChanges(index: number): Promise<boolean> {
  return (await send(index, "POST", "/projects", { name: "acme" })).status === 409;
}

/** What the health of a platform says of its clock. */
async function clockOf(index: number): Promise<HealthCheck> {
  const { checks } = platformHealth.parse(await (await send(index, "GET", "/platform/health")).json());
  const found = checks.find(({ name }) => name === "clock");
  if (found === undefined) throw new TypeError("the health has no clock");
  return found;
}

async function send(index: number, method: string, path: string, json?: object): Promise<Response> {
  return fetch(`${cluster.urls[index] ?? ""}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${cluster.token}`,
      ...(json === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}

/** The line of a part's log that contains this text; undefined without one. */
async function logOf(name: string, text: string): Promise<string | undefined> {
  const lines = (await readFile(cluster.part(name).logFile, "utf8")).split("\n");
  return lines.find((line) => line.includes(text));
}
