import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandEnvironment, type DevProcess, startDevProcess } from "../support/dev-process.ts";
import { makeGate } from "../support/gate.ts";
import { descendantsOf, pidOf, processesNaming, stillAlive } from "../support/processes.ts";
import { type CommandResult, runSealrun } from "../support/run-command.ts";
import { writeFiles } from "../support/stage.ts";
import { until } from "../support/until.ts";

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-whole-dev-"));
  data = join(folder, "data");
});
afterAll(async () => {
  // Nothing of a test that failed goes on in the background.
  await sealrun(["dev", "stop", "--data", data]);
  await rm(folder, { recursive: true, force: true });
});

const sealrun = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin = "",
): Promise<CommandResult> => runSealrun(args, { env: { ...commandEnvironment(folder), ...env }, cwd: folder, stdin });
/** Nothing that a start left running: the servers are told of the folder too. */
const untilNothingIsAlive = async (): Promise<void> => {
  await until(async () => ((await processesNaming(data)).length === 0 ? true : undefined));
};
const refusedDev = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> => {
  const refused = await sealrun(["dev", "--data", data, "--port", "0", ...args], env);
  await untilNothingIsAlive();
  return refused;
};

describe("sealrun dev", () => {
  test("sealrun dev writes its ready file and saves the profile local, for this user alone", async () => {
    const dev = await startDevProcess({ folder });
    expect(await readFile(dev.readyFile, "utf8")).toBe(
      `${JSON.stringify({ url: dev.url, token: dev.token, fingerprint: dev.fingerprint })}\n`,
    );
    expect(dev.url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
    const profiles = join(folder, "home", ".config", "sealrun", "profiles.json");
    for (const file of [
      dev.readyFile,
      profiles,
      join(data, "platform", "storage.key"),
      join(data, "platform", "config.json"),
    ]) {
      expect((await stat(file)).mode & 0o777, file).toBe(0o600);
    }
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    // The profile is all that these commands have.
    expect(await sealrun(["project", "create", "team"])).toMatchObject({ exitCode: 0 });
    const secretPlace = ["--scope", "project", "--project", "team"];
    expect(await sealrun(["secret", "set", "KEPT", ...secretPlace], {}, "kept over every restart")).toMatchObject({
      exitCode: 0,
    });
    const reader = await writeFiles(join(folder, "reader"), {
      "read.ts": `import { context } from "@sealrun/sdk";
        context.result({ kept: context.secrets.get("KEPT") === "kept over every restart" });`,
    });
    expect(await sealrun(["push", reader, "--project", "team"])).toMatchObject({ exitCode: 0 });
    expect(await dev.end("SIGTERM")).toBe(0);
    await untilNothingIsAlive();
  });

  test.each(["SIGTERM", "SIGINT", "SIGKILL"] as const)(
    "sealrun dev reads the secrets of its last start, and leaves nothing alive after %s",
    async (signal) => {
      const dev: DevProcess = await startDevProcess({ folder });
      const run = await sealrun(["run", "team/reader", "--wait", "--json"]);
      expect(JSON.parse(run.stdout).steps[0].result, run.stderr).toEqual({ kept: true });
      const started = await descendantsOf(dev.child.pid ?? 0);
      // PostgreSQL and its workers, NATS, keyring, platform, executor.
      expect(started.length).toBeGreaterThan(8);
      expect(await dev.end(signal)).toBe(signal === "SIGKILL" ? "SIGKILL" : 0);
      await until(async () => ((await stillAlive(started)).length === 0 ? true : undefined));
      await untilNothingIsAlive();
    },
  );

  test("sealrun dev that is killed takes a script that runs with it", async () => {
    const gate = await makeGate();
    const dev = await startDevProcess({ folder });
    const holder = await writeFiles(join(folder, "holder"), {
      "hold.py": `import urllib.request\nurllib.request.urlopen("${gate.url}").read()`,
      "manifest.json": '{"network":"host"}',
    });
    expect(await sealrun(["push", holder, "--project", "team"])).toMatchObject({ exitCode: 0 });
    expect(await sealrun(["run", "team/holder"])).toMatchObject({ exitCode: 0 });
    await gate.arrived;
    const started = await descendantsOf(dev.child.pid ?? 0);
    const scripts = (await processesNaming("/work/hold.py")).map(({ pid }) => pid);
    expect(started.map(({ pid }) => pid)).toEqual(expect.arrayContaining(scripts));
    expect(scripts).not.toEqual([]);
    await dev.end("SIGKILL");
    await until(async () => ((await stillAlive(started)).length === 0 ? true : undefined));
    await gate.close();
  });

  test.each(["keyring", "platform", "executor"] as const)(
    "sealrun dev ends, and says why, when its %s is killed",
    async (part) => {
      const dev = await startDevProcess({ folder });
      process.kill(await pidOf(join(data, part, "config.json")), "SIGKILL");
      expect(await dev.ended).toBe(70);
      expect(dev.output()).toMatch(new RegExp(`^error: .*${part}.*logs \\(INTERNAL\\)$`, "m"));
      await untilNothingIsAlive();
    },
  );

  test("sealrun dev ends cleanly when it is told to during its start", async () => {
    const starting = startDevProcess({ folder: join(folder) }).catch((error: unknown) => String(error));
    const pid = await until(
      async () => (await processesNaming(data)).find(({ commandLine }) => commandLine.includes("dev"))?.pid,
    );
    process.kill(pid, "SIGTERM");
    expect(await starting).toContain("ended before it was ready");
    await untilNothingIsAlive();
  });

  test.each([
    ["platform/storage.key", "storage"],
    ["keyring/wrapping.key", "wrapping"],
  ])("sealrun dev refuses another %s and says which it is", async (file, name) => {
    const path = join(data, file);
    await copyFile(path, join(folder, "right.key"));
    await writeFile(path, randomBytes(32));
    const { exitCode, stderr } = await refusedDev([]);
    await copyFile(join(folder, "right.key"), path);
    expect(stderr).toMatch(new RegExp(`^error: .*${name}.* \\(WRONG_ROOT_KEY\\)$`, "m"));
    expect(exitCode).toBe(78);
  });

  test("sealrun dev names a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const { exitCode, stderr } = await refusedDev(["--port", port]);
    server.close();
    expect(stderr).toMatch(new RegExp(`^error: .*${port}.* \\(PORT_TAKEN\\)$`, "m"));
    expect(exitCode).toBe(69);
  });

  test("sealrun dev names a data folder that cannot be used", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    await chmod(file, 0o400);
    const { exitCode, stderr } = await sealrun(["dev", "--data", join(file, "data"), "--port", "0"]);
    expect(stderr).toMatch(new RegExp(`^error: ${file}.*--data.* \\(DATA_FOLDER_UNUSABLE\\)$`, "m"));
    expect(exitCode).toBe(73);
  });

  test("sealrun dev names the NATS that it cannot reach, without its password", async () => {
    const { exitCode, stderr } = await refusedDev([], { SEALRUN_NATS_URL: "nats://someone:hidden-word@127.0.0.1:9" });
    expect(stderr).toMatch(/^error: .*nats:\/\/127\.0\.0\.1:9 .*check.* \(NATS_UNREACHABLE\)$/m);
    expect(stderr).not.toContain("hidden-word");
    expect(exitCode).toBe(69);
  });

  test("sealrun dev names the PostgreSQL that it cannot reach, without its password", async () => {
    const url = (database: string): string => `postgres://someone:hidden-word@127.0.0.1:9/${database}`;
    const { exitCode, stderr } = await refusedDev([], {
      SEALRUN_POSTGRES_URL: url("main"),
      SEALRUN_KEYRING_POSTGRES_URL: url("keyring"),
    });
    expect(stderr).toMatch(/^error: .*127\.0\.0\.1:9\/(main|keyring) .*check.* \(POSTGRES_UNREACHABLE\)$/m);
    expect(stderr).not.toContain("hidden-word");
    expect(exitCode).toBe(69);
  });

  test("sealrun dev --detach returns when it is ready, after every refusal, and sealrun dev stop ends it", async () => {
    const started = await sealrun(["dev", "--data", data, "--port", "0", "--detach"]);
    expect(started, started.stderr).toMatchObject({ exitCode: 0, stderr: "" });
    expect(started.stdout).toMatch(/^Starting PostgreSQL and NATS …\n[^]*^sealrun is ready at http:/m);
    expect(started.stdout).toContain(`Stop it with: sealrun dev stop --data ${data}\n`);
    const run = await sealrun(["run", "team/reader", "--wait", "--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({ status: "succeeded" });
    for (const more of [[], ["--detach"]]) {
      const second = await sealrun(["dev", "--data", data, "--port", "0", ...more]);
      expect(second.stderr).toMatch(/^error: A sealrun dev already uses \S+: process \d+, which runs at http:.*stop/m);
      expect(second.exitCode).toBe(73);
    }
    const stop = async () => sealrun(["dev", "stop", "--data", data]);
    expect(await stop()).toMatchObject({ exitCode: 0, stdout: `stopped the sealrun dev of ${data}\n` });
    expect(await processesNaming(data)).toEqual([]);
    expect(await stop()).toMatchObject({ exitCode: 0, stdout: `no sealrun dev runs on ${data}\n` });
  });

  test("sealrun dev --detach says why it could not start", async () => {
    const { exitCode, stderr } = await refusedDev(["--detach"], { SEALRUN_NATS_URL: "nats://a:b@127.0.0.1:9" });
    expect(stderr).toMatch(/^error: .*nats:\/\/127\.0\.0\.1:9 .*check.* \(NATS_UNREACHABLE\)$/m);
    expect(exitCode).toBe(69);
  });
});
