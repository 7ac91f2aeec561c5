import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runDev } from "../../../packages/cli/src/dev/run-dev.ts";
import { commandEnvironment } from "../../support/dev-process.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-run-dev-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("runDev()", () => {
  it("stops when it was asked to before it began to wait", async () => {
    const asked = new AbortController();
    const said: string[] = [];
    await runDev({
      dataFolder: join(folder, "data"),
      port: 0,
      readyFile: join(folder, "ready.json"),
      logLevel: "info",
      environment: commandEnvironment(folder),
      say: (line) => void said.push(line),
      sayStep: (line) => void said.push(line),
      isTerminal: false,
      saveProfile: async () => {
        asked.abort();
        return "saved";
      },
      signal: asked.signal,
    });
    expect(said.at(-1)).toBe("Stopping …");
    expect(said[0]).toBe("Starting PostgreSQL and NATS …");
    expect(Object.keys(JSON.parse(await readFile(join(folder, "ready.json"), "utf8")))).toEqual([
      "url",
      "token",
      "fingerprint",
    ]);
  });
});
