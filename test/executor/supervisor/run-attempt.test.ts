import { readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, newId } from "@sealrun/crypto";
import { type Executor, executorConfig, start } from "@sealrun/executor";
import { issueEnrolmentToken } from "@sealrun/keyring";
import { decodeEnrolmentToken, type ExecutionInfo, executionInfo, startedExecution } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enrol } from "../../../executor/src/enrol/enrol.ts";
import { type ExecutorState, writeState } from "../../../executor/src/enrol/state-file.ts";
import { ask, makePackage, plainForm, send } from "../../support/api.ts";
import { programs } from "../../support/servers.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";
import { until } from "../../support/executions-world.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const timeout = 120_000;
const heldScript = "touch started; until [ -e go ]; do sleep 0.05; done; echo done\n";

let platform: TestPlatform;
let root: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  platform = await startPlatform();
  root = await temporaryFolder();
  for (const [name, script] of [
    ["quick", "sealrun-context get DB_PASS\n"],
    ["held", heldScript],
  ] as const) {
    await makePackage(platform, "acme", name);
    const body = plainForm({ "main.sh": script, "secrets.json": '{"DB_PASS":"canary-of-the-attempt"}' });
    expect((await send(platform, "POST", `/projects/acme/packages/${name}/versions`, { body })).status).toBe(201);
  }
});
afterAll(async () => {
  await platform.close();
  await root[Symbol.asyncDispose]();
});

interface Running {
  readonly executor: Executor;
  readonly folder: string;
  readonly logged: readonly string[];
}

/** A real executor; `change` is what went wrong with its state since it enrolled, `settings` are its settings. */
async function startExecutor(
  name: string,
  change = (state: ExecutorState): ExecutorState => state,
  settings: object = {},
): Promise<Running> {
  const folder = join(root.path, name);
  const stateFile = `${folder}.json`;
  const token = await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" });
  await writeState(stateFile, change(await enrol({ ...decodeEnrolmentToken(token), url: platform.url })));
  const { bwrap, python } = programs();
  const logged: string[] = [];
  const config = executorConfig.parse({
    stateFile,
    workDir: join(folder, "work"),
    cacheDir: join(folder, "cache"),
    slots: 1,
    bwrap,
    python,
    ...settings,
  });
  const executor = await start(config, { log: pino({ level: "info" }, { write: (line) => void logged.push(line) }) });
  return { executor, folder, logged };
}

async function startExecution(name: string): Promise<string> {
  return (await ask(platform, startedExecution, ["POST", `/projects/acme/packages/${name}/executions`, { json: {} }]))
    .id;
}

async function endOf(id: string): Promise<ExecutionInfo> {
  const show = async (): Promise<ExecutionInfo> => ask(platform, executionInfo, ["GET", `/executions/${id}`]);
  await until(async () => !["queued", "running"].includes((await show()).status));
  return show();
}

describe("runAttempt()", () => {
  test.each([
    [
      "signed by another keyring",
      "BAD_SIGNATURE",
      (state: ExecutorState): ExecutorState => ({
        ...state,
        keyring: { ...state.keyring, signPublic: generateIdentity("keyring").signPublic },
      }),
    ],
    [
      "boxed to another key",
      "WRONG_KEY_OR_CONTEXT",
      (state: ExecutorState): ExecutorState => ({
        ...state,
        identity: { ...state.identity, box: generateIdentity(newId("executor")).box },
      }),
    ],
  ])(
    "runAttempt() gives an execution back whose grant is %s, and says so once",
    async (what, code, change) => {
      const { executor, folder, logged } = await startExecutor(what, change);
      const id = await startExecution("quick");
      const show = async (): Promise<ExecutionInfo> => ask(platform, executionInfo, ["GET", `/executions/${id}`]);
      // The reason is shown for a second or two: then the execution is offered again, and a probe finds nothing wrong.
      let shown = await show();
      await until(async () => {
        shown = await show();
        return shown.waiting?.includes(`(${code})`) === true;
      });
      await executor.close();
      const [attempt] = shown.attempts;
      expect([shown.status, attempt?.end, attempt?.reason?.code]).toEqual(["queued", "released", code]);
      expect(logged.filter((line) => line.includes("No executions are taken until"))).toHaveLength(1);
      expect(await readdir(`${folder}.json.spool`).catch(() => [])).toEqual([]);
      // Another executor runs it.
      const { executor: healthy } = await startExecutor(`${what}, healthy`);
      expect((await endOf(id)).status).toBe("succeeded");
      await healthy.close();
    },
    timeout,
  );

  test(
    "runAttempt() gives an execution back while its folder cannot be made, and runs it once it can",
    async () => {
      const { executor, folder, logged } = await startExecutor("unmakable");
      await rm(join(folder, "work"), { recursive: true });
      await writeFile(join(folder, "work"), "");
      const id = await startExecution("quick");
      const show = async (): Promise<ExecutionInfo> => ask(platform, executionInfo, ["GET", `/executions/${id}`]);
      await until(async () => (await show()).waiting?.includes("(MACHINE_FAILED)") === true);
      expect((await show()).attempts[0]).toMatchObject({ end: "released", reason: { code: "MACHINE_FAILED" } });
      await rm(join(folder, "work"));
      const { status, attempts } = await endOf(id);
      expect([status, attempts.map(({ end }) => end)]).toEqual(["succeeded", ["released", "finished"]]);
      const told = logged.filter((line) => /No executions are taken|in order again/.test(line));
      expect(told).toHaveLength(2);
      await executor.close();
    },
    timeout,
  );

  test(
    "runAttempt() gives an execution back while no sandbox can be started, and runs it once one can",
    async () => {
      const program = join(root.path, "bwrap");
      await symlink(programs().bwrap ?? "", program);
      const { executor } = await startExecutor("unsandboxed", undefined, { bwrap: program });
      await rm(program);
      await symlink("/bin/false", program);
      const id = await startExecution("quick");
      const show = async (): Promise<ExecutionInfo> => ask(platform, executionInfo, ["GET", `/executions/${id}`]);
      await until(async () => (await show()).attempts[0]?.end === "released");
      expect((await show()).attempts[0]?.reason?.code).toBe("SANDBOX_UNAVAILABLE");
      await rm(program);
      await symlink(programs().bwrap ?? "", program);
      const { status, attempts } = await endOf(id);
      expect([status, attempts.at(-1)?.end]).toEqual(["succeeded", "finished"]);
      await executor.close();
    },
    timeout,
  );

  test(
    "runAttempt() ends a run as it ended when its workspace cannot be removed, and says so in the executor's log",
    async () => {
      const { executor, folder, logged } = await startExecutor("unremovable");
      const root = join(folder, "work");
      const execution = await startExecution("held");
      const startedFile = async (): Promise<string | undefined> =>
        (await listFiles(root)).find((path) => path.endsWith("/work/started"));
      await until(async () => (await startedFile()) !== undefined);
      // Where the worker of the run makes folders of runs.
      const work = join(root, (await startedFile())?.split("/").slice(0, -3).join("/") ?? "");
      const away = `${work}-away`;
      // A folder on the path becomes a file: nothing below it can be removed, not even by root.
      await rename(work, away);
      await writeFile(work, "");
      for (const name of await readdir(away)) await writeFile(join(away, name, "work", "go"), "");
      const { status, error } = await endOf(execution);
      await until(async () => logged.some((line) => line.includes("folder of a run cannot be removed")));
      expect([status, error]).toEqual(["succeeded", null]);
      expect(logged.join("")).not.toContain("canary");
      await rm(work);
      expect((await endOf(await startExecution("quick"))).status).toBe("succeeded");
      await executor.close();
    },
    timeout,
  );
});

async function listFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true }).catch(() => [])).map((name) => `/${name}`);
}
