import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CrashPoint } from "@sealrun/faults";
import type { ExecutionStatus } from "@sealrun/protocol";
import { z } from "zod";
import type { Cluster } from "../support/cluster.ts";
import { startPatiently } from "../support/start-patiently.ts";
import type { PartKind } from "../support/part-process.ts";
import { until } from "../support/until.ts";

/** One kill: which process dies at the point, what leads there, and how the executions must end. */
export interface CrashCase {
  /** The kind of process: the first that passes the point dies. */
  readonly part: PartKind;
  /** Reaches the point; gives the executions to wait for once the process is back. `death` is that of the process. */
  readonly act: (cluster: Cluster, death: Promise<unknown>) => Promise<readonly string[]>;
  /** The point is passed repeatedly after `act` has begun, so it is named only then. */
  readonly isUnderWay?: boolean;
  /** How each of them ends. */
  readonly end: ExecutionStatus;
  /** How often a script of `on_lost: fail` starts: at least and at most. */
  readonly starts?: readonly [least: number, most: number];
  /** Also passed with a package of `on_lost: rerun`, which then succeeds. */
  readonly mayRerun?: boolean;
  /** Its attempt ends when its lease expires, which the case makes happen now: a rerun must not overlap the next case. */
  readonly endsWithLease?: boolean;
}

/** The packages that the cases run; `rerun` ones are the same with `on_lost: rerun`. */
export async function pushCrashPackages(cluster: Cluster): Promise<void> {
  const busy = `number 1 100
sealrun-context get DB_PASS >/dev/null || exit 5
sealrun-context get NOT_THERE >/dev/null; [ $? = 1 ] || exit 6
printf %s "$id" | sealrun-context set OF_A_SCRIPT --scope project || exit 3
printf %s "$id" | sealrun-context state put last || exit 4
number 101 200
printf done | sealrun-context result`;
  for (const onLost of ["fail", "rerun"] as const) {
    const suffix = onLost === "fail" ? "" : "-rerun";
    const reads = ["DB_PASS", "NOT_THERE"];
    await cluster.pushScript(`busy${suffix}`, busy, { on_lost: onLost }, { numbers: 200, reads });
    const hold = "number 1 50; say hold; number 51 100";
    await cluster.pushScript(`hold${suffix}`, hold, { on_lost: onLost }, { numbers: 100, reads: [] });
  }
  await cluster.pushScript("sleeps", "sleep 600");
  const reads = '[ -n "$(sealrun-context get OF_A_SCRIPT)" ] || exit 5';
  await cluster.pushScript("reads-project", reads, {}, { numbers: 0, reads: ["OF_A_SCRIPT"] });
  await cluster.pushScript("listener", "number 1 9", { trigger_events: ["crash.test"] }, { numbers: 9, reads: [] });
  const { port } = cluster.witness;
  await cluster.push("emitter", {
    "main.js": `const { context } = await import("@sealrun/sdk");
const say = (what) => fetch(\`http://127.0.0.1:${port}/\${context.execution.id}/\${what}\`);
await say("start");
context.events.send("crash.test", { data: { from: "emitter" } });
await say("end");
`,
  });
}

/** Runs a package once. */
function runs(name: string): CrashCase["act"] {
  return async (cluster) => [await cluster.run(name)];
}

/** Runs a script that goes on until the process has died. */
const runsLong: CrashCase["act"] = async (cluster) => {
  cluster.witness.hold();
  const id = await cluster.run("hold");
  await cluster.witness.wait(id, "hold");
  return [id];
};

const cancels: CrashCase["act"] = async (cluster) => {
  const id = await cluster.run("sleeps");
  await cluster.witness.wait(id, "start");
  await cluster.ask(z.unknown(), ["POST", `/executions/${id}/cancel`]);
  return [id];
};

/** Executors ask for new credentials by themselves. */
const waitsForRenewal: CrashCase["act"] = async (cluster, death) => {
  await death;
  return [await cluster.run("busy")];
};

/** Removes the work folders of all executors, so that they release what they claim, until a platform has died at the point. */
const releases: CrashCase["act"] = async (cluster, death) => {
  const works = cluster.executors.map(({ name }) => join(cluster.folder, name, "work"));
  for (const work of works) {
    // Nothing runs now, and the next run makes it again.
    await rm(work, { recursive: true, force: true });
    await writeFile(work, "");
  }
  const id = await cluster.run("busy");
  await death;
  for (const work of works) await rm(work);
  return [id];
};

/** Starts a script and kills all executors, until the platform sees that the script's executor is gone. */
const loses: CrashCase["act"] = async (cluster, death) => {
  const ids = await runsLong(cluster, death);
  const back = await killExecutors(cluster);
  await endLeases(cluster, ids);
  await back();
  return ids;
};

/** Kills every executor that runs; the answer starts them again, also while the platform that they ask is being started. */
async function killExecutors(cluster: Cluster): Promise<() => Promise<void>> {
  const running = cluster.executors.filter((executor) => executor.pid() !== undefined);
  await Promise.all(running.map(async (executor) => executor.kill("SIGKILL")));
  return async () => void (await Promise.all(running.map(startPatiently)));
}

/** Lets the leases of executions with a dead executor expire now. `executor.test.ts` waits until leases expire. */
export async function endLeases(cluster: Cluster, ids: readonly string[]): Promise<void> {
  const main = await cluster.database("main");
  await main.run("update attempts set lease_until = clock_timestamp() where execution_id = any ($1)", [ids]);
}

/** Removes an event from NATS that no executor has seen. */
const losesEvent: CrashCase["act"] = async (cluster, death) => {
  const back = await killExecutors(cluster);
  const id = await cluster.run("busy");
  const main = await cluster.database("main");
  const isOut = z.object({ is_out: z.boolean() });
  await until(async () => {
    // Independent of the machine's speed: for the platform the executor went away just now.
    await main.run("update executors set last_seen_at = clock_timestamp()");
    const row = await main.row(isOut, "select published_at is not null as is_out from executions where id = $1", [id]);
    return row?.is_out === true ? true : undefined;
  });
  const connection = await cluster.nats.connect();
  await (await connection.jetstreamManager()).streams.purge("EXECUTIONS");
  await connection.close();
  // After a reconnect the platform looks at once, and not only when an event is overdue.
  for (const platform of cluster.platforms) platform.wires.nats.cut();
  await death;
  await back();
  return [id];
};

let pushed = 0;
/** A new package needs a key that does not exist yet. */
const pushes: CrashCase["act"] = async (cluster) => {
  pushed += 1;
  await cluster.pushScript(`new-${pushed}`, "true");
  return [await cluster.run(`new-${pushed}`)];
};

/** Another executor, which tries until it is enrolled. */
const enrols: CrashCase["act"] = async (cluster) => {
  const executor = await cluster.addExecutor();
  for (let tried = 0; executor.pid() === undefined && tried < 20; tried += 1) {
    await executor.start().catch(() => undefined);
  }
  if (executor.pid() === undefined) throw new TypeError("the executor was never enrolled");
  const ids = [await cluster.run("busy")];
  await cluster.ends(ids);
  await executor.kill("SIGTERM");
  return ids;
};

const schedules: CrashCase["act"] = async (cluster, death) => {
  await cluster.pushScript("clock", "true", { schedule: "* * * * * *" });
  await death;
  await cluster.pushScript("clock", "true");
  return [];
};

/** Emits an event; the executions that it starts are waited for as well. */
const emits: CrashCase["act"] = async (cluster) => {
  const id = await cluster.run("emitter");
  await cluster.end(id);
  const main = await cluster.database("main");
  const rows = await main.rows(
    z.object({ execution_id: z.string() }),
    "select r.execution_id from event_runs r join events e on e.id = r.event_id where e.execution_id = $1",
    [id],
  );
  if (rows.length !== 1) throw new TypeError(`the event of ${id} started ${rows.length} executions instead of one`);
  return [id, ...rows.map(({ execution_id: started }) => started)];
};

/** Makes one execution old enough to be deleted; no other test is told of it. */
const growsOld: CrashCase["act"] = async (cluster) => {
  const id = await cluster.run("busy");
  const main = await cluster.database("main");
  await until(async () => {
    const aged = await main.run(
      `update executions e set finished_at = now() - interval '100 days'
       where e.id = $1 and e.reports = 'complete'
         and exists (select from attempts a where a.execution_id = e.id and a.grant_ended_at is not null)`,
      [id],
    );
    return aged === 1 ? true : undefined;
  });
  await main.run("update installation set deletes_from = now()");
  await cluster.ask(z.unknown(), ["PUT", "/platform/retention", { json: { executionsDays: 90, logsDays: 30 } }]);
  await until(async () => ((await main.run("select from executions where id = $1", [id])) === 0 ? true : undefined));
  return [];
};

const once = [1, 1] as const;
const succeeds = { part: "platform", act: runs("busy"), end: "succeeded", starts: once } as const;
const ofKeyring = { ...succeeds, part: "keyring" } as const;
const ofExecutor = { ...succeeds, part: "executor" } as const;
/** A claim counts as started: an execution that dies after it is lost, or run again where the package says so. */
const isLost = {
  part: "executor",
  act: runs("busy"),
  end: "lost",
  mayRerun: true,
  endsWithLease: true,
} as const;

/** A worker that dies ends its attempt at once, without its executor: the execution fails, or runs again. */
const losesWorker = { part: "executor", act: runs("busy"), end: "failed", mayRerun: true } as const;

/** A case for each point, in the order in which they are passed: the type fails for a new point without a case. */
export const crashCases: Readonly<Record<CrashPoint, CrashCase>> = {
  "platform.start.before-commit": succeeds,
  "platform.start.after-commit": succeeds,
  "platform.dispatch.before-publish": succeeds,
  "platform.dispatch.after-publish": succeeds,
  "platform.dispatch.after-commit": succeeds,
  "platform.claim.before-commit": succeeds,
  "platform.claim.after-commit": succeeds,
  "platform.claim.after-grant": succeeds,
  "platform.renew.after-commit": { ...succeeds, act: runsLong, isUnderWay: true },
  "platform.lookup.after-audit": succeeds,
  "platform.set.before-commit": succeeds,
  "platform.set.after-commit": succeeds,
  "platform.state.after-commit": succeeds,
  "platform.report.before-commit": succeeds,
  "platform.report.after-commit": succeeds,
  "platform.finish.before-commit": succeeds,
  "platform.finish.after-commit": succeeds,
  "platform.release.after-commit": { ...succeeds, act: releases },
  "platform.sweep.before-commit": { ...succeeds, act: loses, end: "lost" },
  "platform.sweep.after-commit": { ...succeeds, act: loses, end: "lost" },
  "platform.reconcile.after-commit": { ...succeeds, act: losesEvent },
  "platform.cancel.after-commit": { ...succeeds, act: cancels, end: "cancelled" },
  "platform.schedule.before-commit": { ...succeeds, act: schedules },
  "platform.schedule.after-commit": { ...succeeds, act: schedules },
  "platform.retention.before-commit": { ...succeeds, act: growsOld },
  "platform.emit.after-commit": { ...succeeds, act: emits },
  "keyring.scope-key.before-commit": { ...ofKeyring, act: pushes },
  "keyring.scope-key.after-commit": { ...ofKeyring, act: pushes },
  "keyring.enrol.before-commit": { ...ofKeyring, act: enrols },
  "keyring.enrol.after-commit": { ...ofKeyring, act: enrols },
  "keyring.credentials.before-reply": { ...ofKeyring, act: waitsForRenewal },
  "keyring.grant.before-commit": ofKeyring,
  "keyring.grant.after-commit": ofKeyring,
  "keyring.lookup.before-commit": { ...ofKeyring, act: runs("reads-project") },
  "keyring.lookup.after-commit": { ...ofKeyring, act: runs("reads-project") },
  "keyring.end.after-commit": ofKeyring,
  "executor.claim.after": { ...isLost, starts: [0, 0] },
  "executor.grant.opened": { ...isLost, starts: [0, 0] },
  "executor.workspace.ready": { ...isLost, starts: [0, 0] },
  "executor.step.before-go": { ...isLost, starts: [0, 0] },
  "executor.step.started": { ...isLost, starts: [0, 1] },
  "executor.step.ended": { ...isLost, starts: once },
  "worker.workspace.ready": { ...losesWorker, starts: [0, 0] },
  "worker.step.before-go": { ...losesWorker, starts: [0, 0] },
  "worker.step.started": { ...losesWorker, starts: [0, 1] },
  "worker.step.ended": { ...losesWorker, starts: once },
  "executor.report.spooled": { ...isLost, starts: [0, 1] },
  "executor.report.published": { ...isLost, starts: [0, 1] },
  "executor.spool.written": ofExecutor,
  "executor.finish.after": ofExecutor,
  "executor.acknowledge.after": ofExecutor,
  "executor.take.after": ofExecutor,
  "executor.claim.before": ofExecutor,
};
