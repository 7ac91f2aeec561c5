import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const sources = fileURLToPath(new URL("../../../packages/cli/src/guard/", import.meta.url));

/** What a TypeScript program beside the guard's sources prints as JSON, after a shell has done `before` to its process. */
export function runGuarded(before: string, program: string): unknown {
  const { stdout, stderr } = spawnSync(
    "bash",
    [
      "-c",
      `${before}; exec "$0" "$@"`,
      process.execPath,
      "--conditions=@sealrun/source",
      "--no-warnings",
      "--input-type=module-typescript",
      "-e",
      program,
    ],
    { cwd: sources, encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}
