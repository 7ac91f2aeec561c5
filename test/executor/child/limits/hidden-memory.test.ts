import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  isShortOfMemory,
  measureHiddenMemory,
  readMachineMemory,
  readMaxSend,
} from "../../../../executor/src/child/limits/hidden-memory.ts";
import { sessionProcesses } from "../../../../executor/src/child/limits/step-processes.ts";
import { watchStep } from "../../../../executor/src/child/limits/watch-step.ts";
import { defaultStepLimits } from "@sealrun/protocol";
import { barePython } from "../../../support/bare-python.ts";
import { programs } from "../../../support/servers.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const mebi = 1024 ** 2;
const gibi = 1024 ** 3;

/** 20 sockets, 10 of them twice; 100 pipes; 300 MiB that another process could share, of which none is in use. */
const holder = `import mmap, os, socket, sys
pairs = [socket.socketpair() for _ in range(10)]
copies = [os.dup(one.fileno()) for one, _ in pairs]
pipes = [os.pipe() for _ in range(100)]
shared = mmap.mmap(-1, 300 * 1024 * 1024)
print("holds", flush=True)
sys.stdin.read()`;

let child: ChildProcess | undefined;
let session = 0;
beforeAll(async () => {
  const { program, env } = await barePython(programs().python);
  child = spawn(program, ["-c", holder], { env, detached: true, stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout !== null) await once(child.stdout, "data");
  session = child.pid ?? 0;
});
afterAll(() => child?.kill("SIGKILL"));

describe("measureHiddenMemory()", () => {
  test("measureHiddenMemory() adds up what sockets, pipes and shared mappings may hold, each once", async () => {
    const socket = 2 * Number(readFileSync("/proc/sys/net/core/wmem_max", "utf8"));
    const found = await measureHiddenMemory(sessionProcesses(session), [session, session], Infinity);
    const least = 20 * socket + 100 * 64 * 1024 + 300 * mebi;
    expect(found).toBeGreaterThanOrEqual(least);
    // Its own input and output are sockets to this test; page tables and mappings.
    expect(found).toBeLessThan(least + 3 * socket + 4 * mebi);
  });

  test("measureHiddenMemory() stops over the maximum, and finds nothing of a process that is gone", async () => {
    const processes = sessionProcesses(session);
    expect(await measureHiddenMemory(processes, [session], 1)).toBeGreaterThan(1);
    expect(await measureHiddenMemory(processes, [4_194_304], 1)).toBeLessThan(1_000);
  });
});

describe("watchStep()", () => {
  const left = (availableBytes: number) => ({ totalBytes: 16 * gibi, availableBytes });

  /** What a watcher says of the process above on a machine whose memory becomes this. */
  async function watch(available: number): Promise<unknown> {
    await using folder = await temporaryFolder();
    const exceeded = Promise.withResolvers<unknown>();
    let looks = 0;
    const watched = watchStep({
      processes: { ...sessionProcesses(session), lookMs: 20 },
      workFolder: folder.path,
      limits: { ...defaultStepLimits, memoryBytes: 256 * mebi, tmpBytes: 16 * mebi },
      cgroup: undefined,
      machineMemory: () => {
        looks += 1;
        if (looks > 4) exceeded.resolve(undefined);
        return left(looks === 1 ? 8 * gibi : available);
      },
      onExceeded: exceeded.resolve,
      onFailed: exceeded.reject,
    });
    const found = await exceeded.promise;
    watched.end();
    return found;
  }

  test("watchStep() ends a step that may hold memory in no process when the machine runs short of it", async () => {
    expect(await watch(3 * gibi)).toMatchObject({ kind: "memory" });
  });

  test("watchStep() leaves it while the machine has enough", async () => {
    expect(await watch(5 * gibi)).toBeUndefined();
  });
});

test("isShortOfMemory() asks for both: little memory left, and so much less than before", () => {
  const of = (availableBytes: number) => ({ totalBytes: 100, availableBytes });
  expect(isShortOfMemory(of(60), of(24), 35)).toBe(true);
  expect(isShortOfMemory(of(60), of(26), 30)).toBe(false);
  expect(isShortOfMemory(of(30), of(20), 10)).toBe(false);
});

test("readMachineMemory() reads this machine's", () => {
  const { totalBytes, availableBytes } = readMachineMemory();
  expect(availableBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThan(availableBytes);
});

test("readMaxSend() takes the kernel's own value where the file is missing", async () => {
  await using folder = await temporaryFolder();
  expect(readMaxSend(join(folder.path, "wmem_max"))).toBe(212_992);
  await writeFile(join(folder.path, "wmem_max"), "4194304\n");
  expect(readMaxSend(join(folder.path, "wmem_max"))).toBe(4_194_304);
});
