import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { commandEnvironment } from "./dev-process.ts";
import { sealrunProgram } from "./run-command.ts";
import type { Stage } from "./stage.ts";

/** An executor that a test started. */
export interface SecondExecutor {
  /** Settles with "draining" once it has heard that it is to end. */
  readonly isDraining: Promise<"draining">;
  /** Tells it to end, and waits until it has. */
  readonly stop: () => Promise<void>;
}

/** Another executor of a stage's platform, enrolled with a token of its own into this pool; `changes` are settings. */
export async function startSecondExecutor(
  stage: Stage,
  pool: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<SecondExecutor> {
  const own = await mkdtemp(join(stage.folder, `executor-${pool}-`));
  const token = join(own, "token");
  const keyring = join(stage.data, "keyring", "config.json");
  await stage.must(["keyring-token", "--config", keyring, "--output", token, "--url", stage.url, "--pool", pool]);
  const first = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await readFile(join(stage.data, "executor", "config.json"), "utf8")));
  const configFile = join(own, "config.json");
  const config = {
    ...first,
    stateFile: join(own, "state.json"),
    enrolmentTokenFile: token,
    workDir: join(own, "work"),
    cacheDir: join(own, "cache"),
    ...changes,
  };
  await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
  const [program, ...args] = sealrunProgram;
  const child = spawn(program, [...args, "executor", "--config", configFile], {
    env: { ...commandEnvironment(stage.folder) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  const ended = once(child, "exit");
  const ready = Promise.withResolvers<void>();
  const draining = Promise.withResolvers<"draining">();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.includes('"msg":"ready"')) ready.resolve();
    if (line.includes('"msg":"Draining')) draining.resolve("draining");
  });
  void ended.then(() => {
    process.off("exit", onExit);
    ready.reject(new Error("the executor ended before it was ready"));
  });
  await ready.promise;
  return {
    isDraining: draining.promise,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
