import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { commandEnvironment } from "./dev-process.ts";
import { sealrunProgram } from "./run-command.ts";
import type { Stage } from "./stage.ts";

/** Another executor of a stage's platform, enrolled with a token of its own into this pool; `changes` are settings. */
export async function startSecondExecutor(
  stage: Stage,
  pool: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly stop: () => Promise<void> }> {
  const own = join(stage.folder, `executor-${pool}`);
  const token = `${own}.token`;
  const keyring = join(stage.data, "keyring", "config.json");
  await stage.must(["keyring-token", "--config", keyring, "--output", token, "--url", stage.url, "--pool", pool]);
  const first = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await readFile(join(stage.data, "executor", "config.json"), "utf8")));
  const config = {
    ...first,
    stateFile: `${own}.state.json`,
    enrolmentTokenFile: token,
    workDir: `${own}.work`,
    cacheDir: `${own}.cache`,
    ...changes,
  };
  await writeFile(`${own}.json`, JSON.stringify(config), { mode: 0o600 });
  const [program, ...args] = sealrunProgram;
  const child = spawn(program, [...args, "executor", "--config", `${own}.json`], {
    env: { ...commandEnvironment(stage.folder) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"msg":"ready"')) break;
  child.stdout.resume();
  return {
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
