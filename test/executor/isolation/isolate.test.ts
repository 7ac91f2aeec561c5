import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { chown, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { markProcess, signalProcess } from "../../../executor/src/child/process-tree.ts";
import { startWorker } from "../../../executor/src/supervisor/workers/worker-process.ts";
import { makeHome, type WorkerPlace } from "../../../executor/src/supervisor/workers/worker-home.ts";
import { until } from "../../support/until.ts";
import {
  makePreparer,
  makeSettings,
  runOne,
  stolenProgram,
  workerProgram,
} from "../supervisor/workers/run-in-worker.ts";
import { processesWith } from "../processes.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const isRoot = process.getuid?.() === 0;
/** Only root may choose a user. */
const place: WorkerPlace = isRoot ? { kind: "own-user", user: 71_650 } : { kind: "own-namespaces" };
const separatePlaces: readonly WorkerPlace[] = isRoot ? [place, { kind: "own-namespaces" }] : [place];
const failed = { memory: false, environment: false, descriptors: false, control: false, signal: false };
const unread = { keyFile: false, spool: false, neighbour: false, "neighbour's folder": false, caches: false };

/** Runs a package in a worker that is kept from this process. */
async function runSeparate(files: Readonly<Record<string, string>>) {
  await using root = await temporaryFolder();
  const settings = await makeSettings(root.path, { isSandboxed: true });
  const home = await makeHome(settings, { place, program: workerProgram });
  const log = { warn: () => undefined, error: () => undefined };
  const worker = startWorker(home, { log, program: workerProgram });
  await worker.ready;
  const { end, items } = runOne({ ...worker, preparer: await makePreparer(settings) }, { files });
  const outcome = await end;
  await worker.close();
  await home.leave();
  const lines = items
    .flatMap((text) => JSON.parse(`[${text}]`))
    .flatMap(({ type, text }) => (type === "log" ? [text] : []));
  return { outcome, lines, left: await readdir(settings.workDir) };
}

/** Lets a worker that someone took over try to reach what is not its own. */
async function reachFrom(from: WorkerPlace): Promise<unknown> {
  await using root = await temporaryFolder();
  const settings = await makeSettings(root.path, { isSandboxed: true });
  const keyFile = join(root.path, "state.json");
  const spool = `${keyFile}.spool`;
  await writeFile(keyFile, "keys", { mode: 0o600 });
  await mkdir(spool, { mode: 0o700 });
  const caches = ["files", "bundles", "dependencies"].map((name) => join(settings.cacheDir, name));
  for (const folder of caches) await mkdir(folder, { recursive: true, mode: 0o700 });
  const executor = spawn("sleep", ["600"], { argv0: keyFile, stdio: "ignore" });
  const other = await makeHome(settings, { place: otherPlace(from), program: workerProgram });
  const neighbour = join(other.settings.workDir, "../file");
  await writeFile(neighbour, "of another worker", { mode: 0o600 });
  if (isRoot) await chown(neighbour, 71_651, 71_651);
  const home = await makeHome(settings, { place: from, program: stolenProgram });
  const said: object[] = [];
  const log = { warn: (fields: object) => void said.push(fields), error: () => undefined };
  const worker = startWorker(home, { log, program: stolenProgram });
  try {
    await worker.ready;
    const targets = { executor: executor.pid ?? 0, keyFile, spool, neighbour, caches };
    const config = { does: "reaches out", own: join(home.settings.workDir, ".."), targets };
    const { end } = runOne({ ...worker, preparer: await makePreparer(settings) }, { config });
    await until(() => (said.length > 0 ? true : undefined));
    await worker.close();
    await end;
    return said[0];
  } finally {
    executor.kill("SIGKILL");
    await home.leave();
    await other.leave();
  }
}

function otherPlace(from: WorkerPlace): WorkerPlace {
  return from.kind === "own-user" ? { ...from, user: from.user + 1 } : from;
}

describe("isolate()", () => {
  // With its executor's own user, only the namespaces keep it; with another, either does.
  test.each(separatePlaces)(
    "isolate() keeps a worker of $kind that someone took over from its executor, from other workers and from shared caches",
    async (from) => {
      expect(await reachFrom(from)).toEqual({ ...failed, ...unread });
    },
  );

  test("isolate() is what keeps it: with its executor's own user and namespaces it reaches everything", async () => {
    const all = { ...failed, ...unread };
    expect(await reachFrom({ kind: "shared" })).toEqual(
      Object.fromEntries(Object.keys(all).map((name) => [name, true])),
    );
  });

  test("isolate() lets scripts in shell, TypeScript and Python run as in any sandbox, and leaves nothing behind", async () => {
    const shell = await runSeparate({
      "main.sh": `id -un; cd ~ && touch a && cd /work && touch b && touch /dev/shm/c && echo written
        echo told > /dev/stderr; ls -ld /work | cut -d' ' -f1,3; sealrun-context get NAME || echo none`,
    });
    expect(shell.outcome).toMatchObject({ kind: "run", failure: undefined });
    expect(shell.lines).toEqual(expect.arrayContaining(["sealrun", "written", "told", "drwx------ sealrun", "none"]));
    expect(shell.left).toEqual([]);
  });

  test("isolate() gives scripts no capability, no way to root and no other namespace", async () => {
    const { lines } = await runSeparate({
      "main.py": attempts(
        "os.setuid(0)",
        "os.setgroups([0])",
        `os.chown("/work", 0, 0)`,
        `os.chroot("/tmp")`,
        `ctypes.CDLL(None).ptrace(0x4206, 1, 0, 0)`,
        `sorted({line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")})`,
        `subprocess.run(["unshare", "-Ur", "true"], capture_output=True).returncode`,
        `open("/proc/sys/kernel/core_pattern", "w")`,
      ),
    });
    const none = Array.from({ length: 4 }, () => expect.stringMatching(/^(?:PermissionError|OSError)$/));
    expect(lines).toEqual([...none, "-1", "['0000000000000000']", "1", expect.stringMatching(/Error$/)]);
  });

  test("isolate() makes a limit on processes count those of this worker's user and namespace", async () => {
    const { lines } = await runSeparate({
      "main.py": attempts(
        "resource.setrlimit(resource.RLIMIT_NPROC, (8, 8))",
        "[subprocess.Popen(['sleep', '5']) for _ in range(20)]",
      ),
    });
    expect(lines).toEqual(["None", "BlockingIOError"]);
  });

  test("isolate() ends everything in a worker with its first process, before its home is left", async () => {
    await using root = await temporaryFolder();
    const settings = await makeSettings(root.path, { isSandboxed: true });
    const home = await makeHome(settings, { place, program: workerProgram });
    const log = { warn: () => undefined, error: () => undefined };
    const worker = startWorker(home, { log, program: workerProgram });
    await worker.ready;
    const preparer = await makePreparer(settings);
    const { end, items } = runOne({ ...worker, preparer }, { files: { "main.sh": "echo begins; sleep 6543\n" } });
    await until(() => (items.join("").includes("begins") ? true : undefined));
    const script = await markProcess(await findProcess("sleep\u00006543\u0000"));
    process.kill(worker.pid, "SIGKILL");
    await worker.gone;
    expect(await markProcess(script?.id ?? 0)).toBeUndefined();
    expect(await end).toEqual(["WORKER_LOST", "The process that ran this execution ended (SIGKILL)"]);
    await home.leave();
    expect(await readdir(settings.workDir)).toEqual([]);
  });
});

/** Starts a program as an executor starts a worker, and stays. */
const executor = `require("node:child_process").spawn(process.argv[1], process.argv.slice(2), { stdio: "ignore" });
setInterval(() => undefined, 1_000);`;

test.each([...separatePlaces, { kind: "shared" } as const])(
  "makeHome() ends what is in a home of $kind with its executor, deaf or not",
  async (kind) => {
    await using root = await temporaryFolder();
    const settings = await makeSettings(root.path, { isSandboxed: true });
    const home = await makeHome(settings, { place: kind, program: workerProgram });
    const seconds = `${randomInt(10_000, 90_000)}.${randomInt(1_000_000)}`;
    // It has no socket whose end it could notice.
    const command = home.command(["/bin/sleep", seconds]);
    const holder = spawn(process.execPath, ["-e", executor, ...command], { stdio: "inherit" });
    await expect
      .poll(async () => (await processesWith(seconds)).map(({ commandLine }) => commandLine))
      .toContain(`/bin/sleep\0${seconds}\0`);
    holder.kill("SIGKILL");
    try {
      await expect.poll(async () => processesWith(seconds)).toEqual([]);
    } finally {
      for (const { id } of await processesWith(seconds)) signalProcess(id, "SIGKILL");
      await home.leave();
    }
  },
);

test("startWorker() leaves nothing of a worker that is ended 0 to 25 ms after its start, in 50 tries", async () => {
  await using root = await temporaryFolder();
  const settings = await makeSettings(root.path, { isSandboxed: true });
  const log = { warn: () => undefined, error: () => undefined };
  for (let index = 0; index < 50; index += 1) {
    const home = await makeHome(settings, { place, program: workerProgram });
    const worker = startWorker(home, { log, program: workerProgram });
    await sleep(index / 2);
    await worker.close();
    await home.leave();
  }
  // Bubblewrap's command line names all that it mounts.
  await expect.poll(async () => processesWith(root.path)).toEqual([]);
});

async function findProcess(commandLine: string): Promise<number> {
  for (const id of (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name))) {
    if ((await readFile(`/proc/${id}/cmdline`, "latin1").catch(() => "")) === commandLine) return Number(id);
  }
  throw new TypeError("no such process");
}

/** What each line of Python prints; an error is printed by its name. */
function attempts(...lines: readonly string[]): string {
  return [
    "import ctypes, os, resource, subprocess",
    "def attempt(action):",
    "  try: print(repr(action()))",
    "  except BaseException as error: print(type(error).__name__)",
    ...lines.map((line) => `attempt(lambda: ${line})`),
  ].join("\n");
}
