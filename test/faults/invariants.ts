import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  eventDataContext,
  openWithKey,
  parametersContext,
  rootKeyFromBytes,
  secretContext,
  stateContext,
  storedContext,
} from "@sealrun/crypto";
import { scope } from "@sealrun/protocol";
import { z } from "zod";
import { createByteSearch, type Finding, searchFiles } from "../../packages/cli/src/search/search-files.ts";
import type { Cluster } from "../support/cluster.ts";
import { clusterCanary } from "../support/cluster-client.ts";
import { descendantsOf, processesNaming, type SeenProcess } from "../support/processes.ts";
import { runFolders } from "../support/run-folders.ts";
import { readFeeds } from "../support/read-feeds.ts";
import { residentMiB } from "../support/resident.ts";
import { auditIsWhole } from "./audit-is-whole.ts";
import { reportsAreWhole } from "./reports-are-whole.ts";

/** What a test knows of the executions that it started. */
export interface Expectation {
  /** Ids of every 202. */
  readonly accepted: readonly string[];
  /** The maximum number of times that each execution wrote "start" to the witness; 1 with `on_lost: fail`. */
  readonly maxStarts?: (id: string) => number;
}

/** Every broken invariant as one sentence that starts with its number; the cluster must be quiet. */
export async function brokenInvariants(cluster: Cluster, expected: Expectation): Promise<readonly string[]> {
  await settle(cluster);
  const found = await Promise.all([
    executionsEnd(cluster, expected),
    fencesHold(cluster),
    effectsAreCounted(cluster, expected),
    rowsOpen(cluster),
    auditIsWhole(cluster),
    reportsAreWhole(cluster),
    canaryIsNowhere(cluster),
    nothingLeaks(cluster),
    nothingPilesUp(cluster),
  ]);
  return found.flat();
}

const executionRow = z.object({ id: z.string(), status: z.string(), on_lost: z.string(), attempt: z.number() });
const finalStatuses = ["succeeded", "failed", "lost", "cancelled"];

/** I1 and I2: every accepted execution has one final state, which never changes, and nothing happens after it. */
async function executionsEnd(cluster: Cluster, { accepted }: Expectation): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const rows = await main.rows(executionRow, "select id, status, on_lost, attempt from executions");
  const statusOf = new Map(rows.map(({ id, status }) => [id, status]));
  const missing = accepted.filter((id) => !statusOf.has(id)).map((id) => `I1: ${id} was accepted and is not there`);
  const open = rows
    .filter(({ status }) => ["queued", "running"].includes(status))
    .map(({ id, status }) => `I1: ${id} is still ${status}`);
  const changed = [...cluster.finals]
    .filter(([id, status]) => statusOf.get(id) !== status)
    .map(([id, status]) => `I2: ${id} was ${status} and is ${statusOf.get(id)}`);
  const ends: string[] = [];
  for await (const { id, rows: feed } of readFeeds(main)) {
    const count = feed.filter(
      ({ kind, body }) => kind === "status" && "status" in body && finalStatuses.includes(String(body.status)),
    ).length;
    if (count > 1) ends.push(`I2: ${id} ended twice`);
    if (feed.some(({ cursor }, index) => cursor !== String(index + 1))) ends.push(`I2: the feed of ${id} has a gap`);
  }
  return [...missing, ...open, ...changed, ...ends];
}

/** I3: attempts are numbered without a gap, and at most the newest is live. */
async function fencesHold(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const rows = await main.rows(
    z.object({ id: z.string(), attempt: z.number(), newest: z.number(), attempts: z.number(), live: z.number() }),
    `select e.id, e.attempt, coalesce(max(a.attempt), 0) as newest, count(a.attempt)::int as attempts,
            (count(*) filter (where a.execution_id is not null and a.ended_at is null))::int as live
     from executions e left join attempts a on a.execution_id = e.id group by e.id, e.attempt`,
  );
  return rows
    .filter(({ attempt, newest, attempts, live }) => attempt !== newest || attempts !== newest || live > 0)
    .map(
      (row) =>
        `I3: ${row.id} counts ${row.attempt}, has ${row.attempts} attempts up to ${row.newest}, ${row.live} live`,
    );
}

/** I4: effects of scripts happened once where nothing may run twice, and did happen where the run succeeded. */
async function effectsAreCounted(cluster: Cluster, { maxStarts }: Expectation): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const rows = await main.rows(executionRow, "select id, status, on_lost, attempt from executions");
  return rows.flatMap(({ id, status, on_lost: onLost, attempt }) => {
    const starts = cluster.witness.count(id);
    const maxCount = maxStarts?.(id) ?? (onLost === "fail" ? 1 : Math.max(1, attempt));
    const broken = [];
    if (starts > maxCount) broken.push(`I4: ${id} (${onLost}) started ${starts} times`);
    if (status === "succeeded" && cluster.witness.count(id, "end") === 0)
      broken.push(`I4: ${id} succeeded and never ended`);
    return broken;
  });
}

const bytes = z.instanceof(Uint8Array);

/** I5: the outer layer of every stored value opens with its own context, and the audit says who granted what. */
async function rowsOpen(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const { platformId } = cluster;
  const storageKey = rootKeyFromBytes(cluster.storageKey);
  const secrets = await main.rows(
    z.object({ scope, owner_id: z.string(), name: z.string(), sealed: bytes }),
    "select s.scope, s.owner_id, s.name, v.sealed from secret_versions v join secrets s on s.id = v.secret_id",
  );
  const states = await main.rows(
    z.object({ package_id: z.string(), key: z.string(), sealed: bytes }),
    "select package_id, key, sealed from package_state",
  );
  const parameters = await main.rows(
    z.object({ package_id: z.string(), sealed: bytes }),
    "select package_id, sealed from executions where sealed is not null",
  );
  const events = await main.rows(
    z.object({ id: z.string(), project_id: z.string(), sealed: bytes }),
    "select id, project_id, sealed from events where sealed is not null",
  );
  const all = [
    ...secrets.map((row) => ({
      context: secretContext({ platformId, scope: row.scope, ownerId: row.owner_id, name: row.name }),
      ...row,
    })),
    ...states.map((row) => ({
      context: stateContext({ platformId, packageId: row.package_id, key: row.key }),
      ...row,
    })),
    ...parameters.map((row) => ({ context: parametersContext({ platformId, packageId: row.package_id }), ...row })),
    ...events.map((row) => ({
      context: eventDataContext({ platformId, projectId: row.project_id, eventId: row.id }),
      ...row,
    })),
  ];
  if (all.length === 0) return ["I5: nothing is stored, so nothing was opened"];
  return all.flatMap(({ context, sealed }) => {
    try {
      openWithKey(storageKey, storedContext(context), sealed);
      return [];
    } catch (error) {
      return [`I5: a row of ${context.join(" ")} does not open: ${String(error)}`];
    }
  });
}

/** I7: the secret is in no file of databases, NATS, logs, workspaces and caches, and in no feed; a planted copy is found. */
async function canaryIsNowhere(cluster: Cluster): Promise<readonly string[]> {
  const wanted = [{ label: "the secret", value: clusterCanary }];
  const planted = [cluster.folder, cluster.nats.storeFolder, join(cluster.postgres.folder, "postgres")].map((folder) =>
    join(folder, "planted-control"),
  );
  for (const path of planted) await writeFile(path, `before ${clusterCanary} after`);
  const { findings } = await searchFiles([cluster.folder], wanted);
  await Promise.all(planted.map(async (path) => rm(path)));
  const unseen = planted.filter((path) => !findings.some(({ place }) => place === path));
  const search = createByteSearch(wanted);
  const inFeeds: Finding[] = [];
  for await (const { id, rows } of readFeeds(await cluster.database("main"))) {
    inFeeds.push(...search.find(Buffer.from(JSON.stringify(rows)), `the feed of ${id}`));
  }
  const leaks = [...findings.filter(({ place }) => !planted.includes(place)), ...inFeeds];
  return [
    ...unseen.map((path) => `I7: the search did not find what was planted in ${path}`),
    ...leaks.map(({ place, encoding }) => `I7: the secret is in ${place} (${encoding})`),
  ];
}

/** I8: no process of a script is left, and no workspace. */
async function nothingLeaks(cluster: Cluster): Promise<readonly string[]> {
  const ours = new Set(cluster.parts.map((part) => part.pid()));
  const named = await processesNaming(join(cluster.folder, "executor-"));
  // Workers wait for the next attempts while their executor runs.
  const running = cluster.executors.flatMap((executor) => executor.pid() ?? []);
  const below = (await Promise.all(running.map(async (pid) => descendantsOf(pid)))).flat();
  const workers = new Set(below.map(({ pid }) => pid));
  const isWorker = ({ pid, commandLine }: SeenProcess): boolean =>
    workers.has(pid) && commandLine.some((word) => word.endsWith("/worker/process/main.ts"));
  const left = named.filter(
    (found) => !ours.has(found.pid) && !found.commandLine.includes("--config") && !isWorker(found),
  );
  const folders = await Promise.all(
    cluster.executors
      .filter((executor) => executor.pid() !== undefined)
      .map(async ({ name }) => runFolders(join(cluster.folder, name, "work"))),
  );
  return [
    ...left.map(({ pid, commandLine }) => `I8: process ${pid} is left: ${commandLine.join(" ").slice(0, 200)}`),
    ...folders.flat().map((path) => `I8: ${path} is left`),
  ];
}

const maxResidentMiB = 500;

/** I9: memory is bounded, and no queue holds anything once everything has ended. */
async function nothingPilesUp(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const sizes = await Promise.all(
    cluster.parts.map(async (part) => ({ name: part.name, mebibytes: await residentMiB(part.pid()) })),
  );
  const heavy = sizes
    .filter(({ mebibytes }) => mebibytes > maxResidentMiB)
    .map(({ name, mebibytes }) => `I9: ${name} holds ${mebibytes.toFixed(0)} MiB`);
  const piles = await main.rows(
    z.object({ name: z.string(), rows: z.number() }),
    `select 'outbox' as name, count(*)::int as rows from outbox
     union all select 'set_parts', count(*)::int from set_parts`,
  );
  return [
    ...heavy,
    ...piles.filter(({ rows }) => rows > 0).map(({ name, rows }) => `I9: ${name} still has ${rows} rows`),
  ];
}

/** Waits for the cleanup after the last end: of workspaces, and of outbox rows of ended executions. */
async function settle(cluster: Cluster): Promise<void> {
  const main = await cluster.database("main");
  const countRow = z.object({ open: z.number() });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
    const row = await main.row(
      countRow,
      `select ((select count(*) from executions where status in ('queued', 'running')) + (select count(*) from outbox))::int as open`,
    );
    if (row?.open === 0) break;
  }
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
    if ((await nothingLeaks(cluster)).length === 0) break;
  }
}
