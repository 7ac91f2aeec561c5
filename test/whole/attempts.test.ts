import { executionInfo, type ExecutionInfo, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/api.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => stage.close());

const startRun = async (name: string): Promise<string> =>
  (await ask(stage, startedExecution, ["POST", `/projects/acme/packages/${name}/executions`])).id;
const reach = async (id: string, isThere: (shown: ExecutionInfo) => boolean): Promise<ExecutionInfo> =>
  until(async () => {
    const shown = await ask(stage, executionInfo, ["GET", `/executions/${id}`]);
    return isThere(shown) ? shown : undefined;
  });

describe("a step's retry", () => {
  test("sealrun run tries a failing step again, drops the results of its failed tries and goes on", async () => {
    await stage.push("acme/flaky", {
      "manifest.json": {
        steps: [{ script: "flaky.sh", retry: { attempts: 3, delay: 0.2, backoff: 2 } }, { script: "after.sh" }],
      },
      "flaky.sh": [
        'n=$(cat tries 2>/dev/null || echo 0); n=$((n + 1)); echo "$n" > tries',
        "sealrun-context get DB_PASS > /dev/null",
        '[ "$n" -lt 3 ] && { echo \'"from a failed try"\' | sealrun-context result; exit 7; }',
        "echo third time",
      ].join("\n"),
      "after.sh": "echo after\n",
      "secrets.json": { DB_PASS: "canary-retry" },
    });
    const report = await stage.run("acme/flaky");
    expect(report.status).toBe("succeeded");
    expect(report.steps).toMatchObject([
      { script: "flaky.sh", status: "succeeded", tries: 3, result: null, output: "third time" },
      { script: "after.sh", status: "succeeded" },
    ]);
    expect(report.receipt).toHaveLength(1);
    expect((await stage.lines(report.id)).filter((line) => line.startsWith("system"))).toEqual([
      "system: Failed (exit code 7); try 2 of 3 in 0.2 s",
      "system: Failed (exit code 7); try 3 of 3 in 0.4 s",
    ]);
  });

  test("sealrun run fails when the last try has failed, and says so once", async () => {
    await stage.push("acme/broken", {
      "manifest.json": { steps: [{ script: "broken.sh", retry: { attempts: 2, delay: 0 } }, { script: "after.sh" }] },
      "broken.sh": "exit 3\n",
      "after.sh": "echo after\n",
    });
    const report = await stage.run("acme/broken");
    expect(report.status).toBe("failed");
    expect(report.steps).toMatchObject([
      { status: "failed", exitCode: 3, tries: 2 },
      { status: "skipped", tries: 0 },
    ]);
  });
});

describe("POST /api/v1/executions/:execution/cancel", () => {
  test("sealrun execution cancel ends a running script, skips the rest, and is soon done", async () => {
    await stage.push("acme/long", {
      "manifest.json": { execution_order: ["long.sh", "after.sh"] },
      "long.sh": "trap 'echo told to end; exit 0' TERM\necho started\nwhile :; do sleep 0.1; done\n",
      "after.sh": "echo after\n",
    });
    const id = await startRun("long");
    await reach(id, ({ steps }) => steps[0]?.output === "started");
    const { status } = JSON.parse(await stage.must(["execution", "cancel", id, "--json"]));
    expect(status).toBe("running");
    const ended = await reach(id, (shown) => shown.status !== "running" && shown.reportsComplete);
    expect(ended).toMatchObject({
      status: "cancelled",
      cancelRequested: true,
      error: { code: "CANCELLED" },
      steps: [
        { status: "failed", output: "started\ntold to end", error: { code: "CANCELLED" } },
        { status: "skipped" },
      ],
      attempts: [{ attempt: 1, end: "finished" }],
    });
    expect(await stage.must(["execution", "cancel", id])).toContain("cancelled");
  });

  test("sealrun execution cancel ends the wait for another try", async () => {
    await stage.push("acme/waiting", {
      "manifest.json": { steps: [{ script: "fails.sh", retry: { attempts: 2, delay: 600, max_delay: 600 } }] },
      "fails.sh": "exit 1\n",
    });
    const id = await startRun("waiting");
    await until(async () => ((await stage.lines(id)).some((line) => line.includes("try 2 of 2")) ? true : undefined));
    await stage.must(["execution", "cancel", id]);
    expect(await reach(id, ({ status }) => status !== "running")).toMatchObject({
      status: "cancelled",
      error: { code: "CANCELLED" },
    });
  });

  test("sealrun execution cancel takes a queued one out at once, and refuses one that ended otherwise", async () => {
    await stage.push("acme/nowhere", { "manifest.json": { pool: "nobody" }, "main.sh": "true\n" });
    const id = await startRun("nowhere");
    expect(JSON.parse(await stage.must(["execution", "cancel", id, "--json"]))).toEqual({ id, status: "cancelled" });
    expect(await reach(id, () => true)).toMatchObject({
      status: "cancelled",
      attempt: 0,
      steps: [{ status: "skipped" }],
    });
    await stage.push("acme/quick", { "main.sh": "true\n" });
    const { id: ended } = await stage.run("acme/quick");
    const refused = await stage.sealrun(["execution", "cancel", ended]);
    expect(refused.exitCode).toBe(75);
    expect(refused.stderr).toContain(`The execution ${ended} is succeeded already, so there is nothing to cancel`);
  });
});
