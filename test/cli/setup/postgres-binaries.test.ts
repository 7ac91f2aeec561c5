import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPostgresBinaries } from "../../../packages/cli/src/setup/postgres-binaries.ts";
import { runProgram } from "../../../packages/cli/src/setup/run-program.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("findPostgresBinaries() gives programs that run, twice from one cache", async () => {
  for (const _start of [1, 2]) {
    const { postgres, initdb, environment } = await findPostgresBinaries(folder);
    for (const program of [postgres, initdb]) {
      expect((await runProgram(program, ["--version"], { environment })).stdout).toContain("PostgreSQL) 18");
    }
  }
});
