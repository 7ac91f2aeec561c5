import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { spoolKey, toBase64 } from "@sealrun/crypto";
import { limits, type SentEnd } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnds } from "../../../executor/src/supervisor/report/ends.ts";
import { runAttempt } from "../../../executor/src/supervisor/run-attempt.ts";
import { openHomes } from "../../../executor/src/supervisor/workers/open-homes.ts";
import { createWorkerPool } from "../../../executor/src/supervisor/workers/worker-pool.ts";
import { openSpool } from "../../../executor/src/supervisor/report/spool.ts";
import { makeAttempt } from "../../support/attempt-peer.ts";
import { codeOf } from "../../support/executions-world.ts";
import { type ReportsStream, startReportsStream } from "../../support/reports-stream.ts";
import { until } from "../../support/until.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { makePreparer, makeSettings, workerProgram } from "./workers/run-in-worker.ts";

let stream: ReportsStream;
beforeAll(async () => {
  stream = await startReportsStream();
});
afterAll(async () => stream.close());

/** Runs one script as an executor does, with a platform that has stored what is in the stream. */
async function prepare(root: string, script: string) {
  const peer = makeAttempt({ files: { "main.sh": script } });
  const { claimed, executor: identity, override } = peer;
  stream.trust(identity);
  const { link, platform } = stream;
  const told: SentEnd[] = [];
  override.finish = async (end) => {
    told.push(end);
    return stream.missingOf(end);
  };
  override.reported = stream.missingOf;
  const log = pino({ level: "silent" });
  const folder = join(root, "spool");
  const spool = openSpool({ folder, key: spoolKey(identity), executorId: identity.id });
  const stop = new AbortController();
  const ends = createEnds({ link, identity, platform, rpc: claimed.rpc, spool, log, giveUp: stop.signal });
  const settings = await makeSettings(root);
  const preparer = await makePreparer(settings);
  const homes = openHomes({
    settings,
    program: workerProgram,
    separation: { kind: "shared" },
  });
  const workers = createWorkerPool({ homes, program: workerProgram, slots: 1, log });
  const deps = {
    link,
    identity,
    platform,
    log,
    ends,
    workers,
    preparer,
    linesPerSecond: () => limits.outputLinesPerSecond,
    control: { watch: () => () => undefined },
    readiness: { stop: () => undefined },
    endRuns: stop.signal,
  };
  const run = async (leaseMs: number) =>
    runAttempt(deps, claimed, { leaseMs, askedAt: performance.now(), grants: toBase64(peer.grantFrame) });
  const textOf = async (): Promise<readonly string[]> =>
    (await stream.reportsOf(claimed.ref))
      .flatMap(({ items }) => items)
      .flatMap((item) => (item.type === "log" && item.stream === "stdout" ? [item.text] : []));
  const spooled = async (): Promise<readonly string[]> => readdir(folder).catch(() => []);
  return { run, told, textOf, spooled, override, [Symbol.asyncDispose]: async () => workers.close() };
}

describe("runAttempt()", () => {
  it("sends step ends, reports each line of a flood, and leaves nothing in the spool", async () => {
    await using root = await temporaryFolder();
    await using prepared = await prepare(root.path, "seq 1 40000\n");
    const { run, told, textOf, spooled } = prepared;
    const empty = await run(60_000);
    expect(told[0]).toMatchObject({ status: "succeeded", steps: [{ step: 0, status: "succeeded", exitCode: 0 }] });
    expect(await spooled()).not.toEqual([]);
    await empty();
    expect(await spooled()).toEqual([]);
    expect(await textOf()).toEqual(Array.from({ length: 40_000 }, (_, index) => String(index + 1)));
  });

  it("delivers the reports of a run whose lease expired before it ended", async () => {
    await using root = await temporaryFolder();
    await using prepared = await prepare(root.path, "echo before; sleep 600\n");
    const { run, told, textOf, spooled, override } = prepared;
    // All leases of a process are renewed at the same moments, and such a moment may come while this one lasts.
    override.renew = async () => new Promise(() => undefined);
    // The last ten seconds of a lease are for ending the run; before that, also a busy machine has to start the script.
    expect(await codeOf(run(30_000))).toBe("LEASE_LOST");
    expect(told).toEqual([]);
    await until(async () => ((await spooled()).length === 0 ? true : undefined));
    expect(await textOf()).toEqual(["before"]);
  });
});
