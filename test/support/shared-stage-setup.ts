import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startDevProcess } from "./dev-process.ts";
import "./provided.ts";

/** Starts one `sealrun dev` for all files that need no platform of their own; the returned function ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-shared-"));
  const { url, token, fingerprint, end } = await startDevProcess({ folder });
  project.provide("stage", { url, token, fingerprint, folder });
  return async () => {
    await end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };
}
