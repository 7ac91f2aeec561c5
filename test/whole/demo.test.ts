import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandEnvironment } from "../support/dev-process.ts";
import { processesNaming } from "../support/processes.ts";
import { runSealrun } from "../support/run-command.ts";

test("sealrun demo runs a package on a platform of its own and proves that nothing leaked", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-whole-demo-"));
  const env = { ...commandEnvironment(folder), TMPDIR: folder };
  const { exitCode, stdout, stderr } = await runSealrun(["demo"], { env, cwd: folder });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(
    /^No plaintext found in \d+ files, \d+ logs, \d+ process command lines and environments, in \d+ encodings; the planted control was found in each kind of place\. Not searched: memory, swap, your own secrets\.json\.$/m,
  );
  expect(stdout).toContain("***");
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .slice(-3)
      .every((line) => line.includes("sealrun")),
  ).toBe(true);
  expect((await readdir(folder)).filter((name) => name.startsWith("sealrun-demo-"))).toEqual([]);
  expect(await processesNaming(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
}, 180_000);
