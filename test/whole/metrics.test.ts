import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { type Database, openDatabase, postgresConfig } from "@sealrun/postgres";
import { executionList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../support/api.ts";
import { freePort } from "../support/free-port.ts";
import { makeGate } from "../support/gate.ts";
import { parseMetrics, type ScrapedMetric, sumOf } from "../support/parse-metrics.ts";
import { openStage, type Stage } from "../support/stage.ts";

const partNames = ["platform", "keyring", "executor"] as const;
type Part = (typeof partNames)[number];

const canary = "canary-8c1f2b7e55d0-of-the-metrics";
/** Names that must be in no label. */
const names = ["MetricsCanarySecret", "metrics-canary-project", "metrics-canary-package", "metrics-canary-nowhere"];
const [secret, project, name, nowhere] = names;

let stage: Stage;
let database: Database;
let port: number;
beforeAll(async () => {
  port = await freePort();
  stage = await openStage({ args: ["--metrics-port", String(port)] });
  const { postgres } = z
    .object({ postgres: postgresConfig })
    .parse(JSON.parse(await readFile(join(stage.data, "platform", "config.json"), "utf8")));
  database = await openDatabase({ config: postgres, applicationName: "test" });
  await stage.must(["project", "create", project ?? ""]);
});
afterAll(async () => {
  await database.close();
  await stage.close();
});

const urlOf = (part: Part): string => `http://127.0.0.1:${port + partNames.indexOf(part)}/metrics`;

async function read(part: Part): Promise<string> {
  const response = await fetch(urlOf(part));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  return response.text();
}

async function scrape(part: Part): Promise<ReadonlyMap<string, ScrapedMetric>> {
  return parseMetrics(await read(part));
}

/** The metrics of sealrun's own that a guide's table lists below a heading: name, type, labels. */
async function documented(heading: string): Promise<readonly string[]> {
  const guide = await readFile(fileURLToPath(new URL("../../packages/docs/metrics.md", import.meta.url)), "utf8");
  const section = guide.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `(?<name>sealrun_\w+)`\s*\| (?<type>\w+)\s*\| (?<labels>[^|]*)\|/gm)]
    .map(({ groups = {} }) => `${groups["name"]} ${groups["type"]} ${groups["labels"]?.replaceAll(/[`\s]/g, "")}`)
    .toSorted();
}

/** The same of a scrape. A metric without samples shows no labels. */
function exposed(metrics: ReadonlyMap<string, ScrapedMetric>): readonly string[] {
  return [...metrics.values()]
    .filter(({ name }) => name.startsWith("sealrun_"))
    .map(({ name, type, samples }) => {
      const labels = Object.keys(samples[0]?.labels ?? {}).filter((label) => label !== "le");
      return `${name} ${type} ${labels.join(",")}`;
    })
    .toSorted();
}

describe("sealrun dev --metrics-port", () => {
  test("sealrun dev --metrics-port shows runs, claims, statements and what was masked", async () => {
    const before = { platform: await scrape("platform"), executor: await scrape("executor") };
    await stage.push(`${project}/${name}`, {
      "secrets.json": { [secret ?? ""]: canary },
      "main.py": `from sealrun import context\nprint(context.secrets.get("${secret}"))`,
      "fail.py": "raise SystemExit(3)",
      "manifest.json": { steps: [{ script: "main.py" }, { script: "fail.py" }] },
    });
    await stage.push(`${project}/good`, { "main.sh": "echo one" });
    expect((await stage.run(`${project}/${name}`)).status).toBe("failed");
    for (let round = 0; round < 3; round += 1) expect((await stage.run(`${project}/good`)).status).toBe("succeeded");
    const [platform, keyring, executor] = await Promise.all(partNames.map(scrape));
    if (platform === undefined || keyring === undefined || executor === undefined) throw new TypeError("no scrape");
    const succeeded = { status: "succeeded", code: "none" };
    const failed = { status: "failed", code: "SCRIPT_FAILED" };
    expect(sumOf(platform, "sealrun_runs_ended_total", succeeded)).toBe(3);
    expect(sumOf(platform, "sealrun_runs_ended_total", failed)).toBe(1);
    expect(sumOf(platform, "sealrun_runs_ended_total")).toBe(4);
    expect(sumOf(platform, "sealrun_start_wait_seconds_count")).toBe(4);
    expect(sumOf(executor, "sealrun_executor_runs_total", succeeded)).toBe(3);
    expect(sumOf(executor, "sealrun_executor_runs_total", failed)).toBe(1);
    expect(sumOf(executor, "sealrun_executor_claim_seconds_count")).toBe(4);
    expect(sumOf(executor, "sealrun_executor_first_line_seconds_count")).toBe(4);
    expect(sumOf(executor, "sealrun_executor_masked_bytes_total")).toBe(canary.length);
    expect(sumOf(executor, "sealrun_executor_masked_replacements_total")).toBe(1);
    expect(sumOf(keyring, "sealrun_keyring_grants_total", { code: "none" })).toBe(4);
    expect(sumOf(keyring, "sealrun_keyring_requests_total", { verb: "grant", code: "none" })).toBe(4);
    const statements = "sealrun_statements_total";
    expect(sumOf(platform, statements)).toBeGreaterThan(sumOf(before.platform, statements) + 4 * 5);
    expect(sumOf(keyring, statements, { verb: "commit" })).toBeGreaterThanOrEqual(4);
    expect(sumOf(executor, "sealrun_executor_slots")).toBe(4);
    expect(sumOf(executor, "process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  });

  test("sealrun dev --metrics-port shows the queue, slots and ages while a run waits and one runs", async () => {
    const gate = await makeGate();
    await stage.push(`${project}/holds`, {
      "main.ts": `await fetch(${JSON.stringify(gate.url)});`,
      "manifest.json": { network: "host" },
    });
    await stage.push(`${project}/waits`, { "main.sh": "true", "manifest.json": { pool: nowhere } });
    await stage.must(["run", `${project}/waits`]);
    const running = stage.run(`${project}/holds`);
    await gate.arrived;
    const pools = async () => {
      const platform = await scrape("platform");
      const of = (metric: string, pool: string): number => sumOf(platform, `sealrun_${metric}`, { pool });
      return {
        waiting: of("queue_executions", "other"),
        isOld: of("queue_oldest_seconds", "other") > 0,
        running: of("pool_running_executions", "default"),
        slots: of("pool_slots", "default"),
        executors: of("pool_executors", "default"),
      };
    };
    // What a scrape reads of the database is used again for 5 s.
    await expect.poll(pools).toEqual({ waiting: 1, isOld: true, running: 1, slots: 4, executors: 1 });
    expect(sumOf(await scrape("executor"), "sealrun_executor_busy_slots")).toBe(1);
    gate.open();
    expect((await running).status).toBe("succeeded");
    expect(sumOf(await scrape("executor"), "sealrun_executor_busy_slots")).toBe(0);
  });

  test("sealrun dev --metrics-port names no secret, package, project, execution or unknown pool, and no value", async () => {
    const text = (await Promise.all(partNames.map(read))).join("");
    for (const word of [...names, canary, stage.token, "exe_", "pkg_", "prj_", "exr_"]) {
      expect(text.toLowerCase()).not.toContain(word.toLowerCase());
    }
  });

  test.each([
    ["platform", "Platform"],
    ["keyring", "Keyring"],
    ["executor", "Executor"],
  ] as const)("GET /metrics of the %s has exactly the metrics of the guide", async (part, heading) => {
    const metrics = await scrape(part);
    const hasSamples = (line: string): boolean => (metrics.get(line.split(" ")[0] ?? "")?.samples.length ?? 1) > 0;
    const [listed, shown] = [await documented(heading), exposed(metrics)];
    expect(shown.map((line) => line.split(" ")[0])).toEqual(listed.map((line) => line.split(" ")[0]));
    // A counter without samples shows no labels yet.
    expect(shown.filter(hasSamples)).toEqual(listed.filter(hasSamples));
    expect(listed.length).toBeGreaterThan(5);
  });

  test("GET /metrics answers without the facts of a database that is locked up, and with them again after that", async () => {
    await database.transaction(async (sql) => {
      await sql.run("lock table pools in access exclusive mode");
      await expect
        .poll(async () => {
          // A transaction that sends nothing is ended.
          await sql.run("select 1");
          return sumOf(await scrape("platform"), "sealrun_scrape_source_up", { source: "postgres" });
        })
        .toBe(0);
      const platform = await scrape("platform");
      expect(platform.get("sealrun_queue_executions")?.samples).toEqual([]);
      expect(platform.get("sealrun_audit_unsealed_rows")?.samples).toEqual([]);
      expect(sumOf(platform, "sealrun_scrape_source_up", { source: "nats" })).toBe(1);
      expect(sumOf(platform, "sealrun_runs_ended_total")).toBeGreaterThan(0);
    });
    await expect
      .poll(async () => sumOf(await scrape("platform"), "sealrun_scrape_source_up", { source: "postgres" }))
      .toBe(1);
    expect(sumOf(await scrape("platform"), "sealrun_pool_slots", { pool: "default" })).toBe(4);
  });

  test("sealrun dev --metrics-port counts a cancelled execution", async () => {
    const { executions } = await ask(stage, executionList, ["GET", `/executions?project=${project}&package=waits`]);
    await stage.must(["execution", "cancel", executions[0]?.id ?? ""]);
    const labels = { status: "cancelled", code: "CANCELLED" };
    expect(sumOf(await scrape("platform"), "sealrun_runs_ended_total", labels)).toBe(1);
  });
});
