import { logPage } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";

const mebi = 1024 ** 2;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    platforms: 1,
    executors: 0,
    platformSettings: { maxLimits: { files: 5_000_000 } },
  });
  const settings = { defaultLimits: { memory: 300 * mebi }, maxLimits: { files: 1_000_000 } };
  await (await cluster.addExecutor(settings)).start();
});
afterAll(async () => cluster.close());

async function endOf(name: string, files: Readonly<Record<string, string>>) {
  await cluster.push(name, files);
  return cluster.end(await cluster.run(name));
}

describe("limits of steps", () => {
  test("manifest.json limits a package and a step, and an execution says what each step used", async () => {
    const manifest = {
      limits: { memory: "128MiB", cpu_time: "20s" },
      steps: [{ script: "small.py" }, { script: "large.py", limits: { memory: "1GiB" } }, { script: "small-again.py" }],
    };
    const fill = `x = bytearray(b"x" * (100 * 1024 * 1024))\nimport time\ntime.sleep(0.4)`;
    const { status, error, steps } = await endOf("two-limits", {
      "manifest.json": JSON.stringify(manifest),
      "small.py": "import time\nsum(range(5000000))\ntime.sleep(0.4)",
      "large.py": fill,
      "small-again.py": `${fill}\n${fill}\ny = bytearray(b"x" * (100 * 1024 * 1024))\ntime.sleep(60)`,
    });
    expect(status).toBe("failed");
    expect(error).toMatchObject({
      code: "OUT_OF_MEMORY",
      message: expect.stringMatching(
        /^small-again\.py was ended because its processes used [\d.]+ MiB of at most 128\.0 MiB/,
      ),
    });
    expect(steps.map((step) => [step.status, step.error?.code])).toEqual([
      ["succeeded", undefined],
      ["succeeded", undefined],
      ["failed", "OUT_OF_MEMORY"],
    ]);
    const [small, large, again] = steps;
    expect(small?.cpuMs).toBeGreaterThan(20);
    expect(small?.peakMemoryBytes).toBeGreaterThan(4 * mebi);
    expect(small?.peakMemoryBytes).toBeLessThan(60 * mebi);
    expect(large?.peakMemoryBytes).toBeGreaterThan(100 * mebi);
    expect(again?.peakMemoryBytes).toBeGreaterThan(128 * mebi);
  });

  test("an executor's defaultLimits limit a package that says nothing", async () => {
    const text = `const all = []; for (;;) all.push(Buffer.alloc(4e6, 1));`;
    expect((await endOf("says-nothing", { "hog.mjs": text })).error).toMatchObject({
      code: "OUT_OF_MEMORY",
      message: expect.stringContaining("of at most 300.0 MiB of memory"),
    });
  });

  test.each([
    { name: "yes", files: { "yes.sh": "yes" } },
    { name: "zeros", files: { "zeros.sh": "head -c 2000000000 /dev/zero" } },
  ])("a step that writes too much output is ended: $name", async ({ name, files }) => {
    const manifest = { limits: { output: "1MiB" } };
    const execution = await endOf(name, { ...files, "manifest.json": JSON.stringify(manifest) });
    expect(execution.error).toMatchObject({
      code: "OUTPUT_LIMIT",
      message: expect.stringMatching(/ was ended because it wrote 1\.\d MiB of at most 1\.0 MiB of output/),
    });
    const page = await cluster.ask(logPage, ["GET", `/executions/${execution.id}/logs?limit=1000`]);
    expect(page.lines.length).toBeGreaterThan(0);
  });

  test("an execution that asks for more than its executor allows fails before its first step", async () => {
    const manifest = { limits: { files: 2_000_000 } };
    const execution = await endOf("too-many-files", { "manifest.json": JSON.stringify(manifest), "a.sh": "echo ran" });
    expect(execution.error).toMatchObject({
      code: "LIMIT_NOT_ALLOWED",
      message: expect.stringContaining("a.sh: limits.files: 2000000 is over 1000000, the maximum of this executor"),
    });
    expect(execution.steps.map(({ output }) => output)).toEqual([""]);
  });

  test("a push of more than the platform allows is refused", async () => {
    const manifest = { limits: { memory: "9GiB" } };
    await expect(
      cluster.push("too-large", { "manifest.json": JSON.stringify(manifest), "a.sh": "echo ran" }),
    ).rejects.toThrow(
      /LIMIT_NOT_ALLOWED.*limits\.memory of a\.sh: 9\.0 GiB is over 8\.0 GiB, the maximum of this platform/,
    );
  });
});
