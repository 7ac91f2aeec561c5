import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@sealrun/client";
import { jsonValue } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { prove } from "../../packages/cli/src/prove/prove.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { isTunOpen } from "../support/tun.ts";

const checksReport = z.object({
  checks: z.array(z.object({ name: z.string(), state: z.string(), sentence: z.string() })),
});
const proofReport = z.looseObject({ isProven: z.boolean(), executionId: z.string(), leaks: z.array(jsonValue) });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage.close());

describe("sealrun doctor", () => {
  test("sealrun doctor checks program, platform and pools, and the machine of an executor", async () => {
    const config = join(stage.data, "executor", "config.json");
    const { checks } = checksReport.parse(JSON.parse(await stage.must(["doctor", "--config", config, "--json"])));
    const states = new Map(checks.map(({ name, state }) => [name, state]));
    expect(Object.fromEntries(states)).toMatchObject({
      version: "good",
      "own clock": "good",
      postgres: "good",
      executors: "good",
      pool: "good",
      sandbox: "good",
      level: "good",
      enrolment: "good",
      disk: "good",
      limits: "good",
      network: (await isTunOpen()) ? "good" : "warning",
    });
  });

  test("sealrun doctor ends with 1 when something does not work, and still shows everything else", async () => {
    const path = join(stage.folder, "broken.json");
    await writeFile(path, '{"slots":"many"}', { mode: 0o600 });
    const { exitCode, stdout, stderr } = await stage.sealrun(["doctor", "--config", path]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^bad +settings +.*broken\.json/m);
    expect(stdout).toMatch(/^good +postgres +/m);
    expect(stderr).toMatch(/1 of \d+ checks found something that does not work \(UNHEALTHY\)/);
  });

  test.each([
    [["--prove"], "--prove needs a place to search"],
    [["--report", "a"], "--report is only for --prove; add it"],
    [["--prove", "--dev", "a", "--nats", "b"], "leave out --nats"],
    [["--prove", "--dev", "a", "--config", "b"], "--config is for the checks"],
  ])("sealrun doctor refuses the options %j", async (args, sentence) => {
    const { exitCode, stderr } = await stage.sealrun(["doctor", ...args]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(sentence);
  });
});

describe("sealrun doctor --prove", () => {
  test("sealrun doctor --prove proves that nothing leaked, again and again, and leaves no secret", async () => {
    const file = join(stage.folder, "report.txt");
    const first = await stage.must(["doctor", "--prove", "--dev", stage.data, "--report", file]);
    expect(first).toContain("result      proven: No plaintext of 4 secrets in 9 kinds of places");
    expect(await readFile(file, "utf8")).toBe(first);
    const again = proofReport.parse(JSON.parse(await stage.must(["doctor", "--prove", "--dev", stage.data, "--json"])));
    expect(again).toMatchObject({ isProven: true, leaks: [] });
    for (const place of [
      ["--scope", "platform"],
      ["--scope", "project", "--project", "sealrun-doctor"],
      ["--scope", "service", "--project", "sealrun-doctor", "--package", "prove"],
    ]) {
      expect(await stage.must(["secret", "list", ...place])).not.toContain("SEALRUN_PROVE");
    }
    const packages = await createClient(stage).listPackages("sealrun-doctor");
    expect(packages.map(({ name }) => name)).toEqual(["prove"]);
  });

  test("sealrun doctor --prove ends with 1 where the control is not found", async () => {
    const empty = join(stage.folder, "empty");
    await mkdir(empty);
    const { exitCode, stderr } = await stage.sealrun(["doctor", "--prove", "--logs", empty]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Nothing is proven about logs: the planted control was not found there");
  });

  test("sealrun doctor --prove does not wait for an executor that does not exist", async () => {
    const { exitCode, stderr } = await stage.sealrun(["doctor", "--prove", "--dev", stage.data, "--pool", "gpu"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The pool "gpu" has no executor to run the package; start one, or name another pool');
  });

  test("prove() finds a secret that something wrote in plain text or in parts of eight bytes", async () => {
    const leaky = join(stage.folder, "leaky");
    await mkdir(leaky);
    const client = createClient(stage);
    const proof = await prove({
      client: {
        ...client,
        startExecution: async (input) => {
          const canary = z.string().parse(input.params?.["canary"]);
          await writeFile(join(leaky, "base64"), Buffer.from(canary).toString("base64"));
          await writeFile(join(leaky, "pieces"), `${canary.slice(0, 8)}\u0000${canary.slice(8, 16)}`);
          return client.startExecution(input);
        },
      },
      named: { postgres: [], nats: [], logs: [], executor: [], other: [leaky] },
      pool: undefined,
      signal: new AbortController().signal,
      say: () => undefined,
    });
    expect(proof.leaks.map(({ value, encoding, place }) => [value, encoding, place])).toEqual(
      expect.arrayContaining([
        ["the sealed parameter", "base64", join(leaky, "base64")],
        ["the sealed parameter", "a piece", join(leaky, "pieces")],
      ]),
    );
  });
});
