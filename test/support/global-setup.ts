import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgres } from "../../packages/cli/src/servers/postgres.ts";
import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { findPrograms } from "../../packages/cli/src/setup/find-programs.ts";
import "./provided.ts";

/** Finds or fetches the programs once and starts one PostgreSQL for the whole run; the returned function ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const environment = process.env;
  const programs = await findPrograms({ cacheFolder: await findCacheFolder(environment), environment, log });
  const dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-postgres-"));
  const postgres = await startPostgres({ programs, dataFolder, isDurable: false, keepSuperuser: true });
  if (postgres.superuser === undefined) throw new Error("the test cluster has no superuser");
  project.provide("programs", programs);
  project.provide("superuser", postgres.superuser);
  return async () => {
    await postgres.stop();
    await rm(dataFolder, { recursive: true, force: true });
  };
}
