import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pidOf, workersOf } from "../support/processes.ts";
import { openStage, type Stage } from "../support/stage.ts";

const partNames = ["platform", "keyring", "executor"] as const;

/** What a script has open, in the sandbox; the folder that it reads for this is no part of the answer. */
const lister = `import os, resource
from sealrun import context
def target(number):
    try: return os.readlink("/proc/self/fd/" + number)
    except OSError: return "/proc/gone"
numbers = [number for number in os.listdir("/proc/self/fd") if not target(number).startswith("/proc/")]
context.result({"descriptors": sorted(map(int, numbers)), "core": list(resource.getrlimit(resource.RLIMIT_CORE))})`;

let stage: Stage;
let pids: readonly (readonly [string, number])[];
beforeAll(async () => {
  // What a careless service manager leaves to its children.
  stage = await openStage({ before: 'exec 20</ 100</ 1000</; ulimit -Sc "$(ulimit -Hc)"' });
  await stage.must(["project", "create", "team"]);
  const parts = partNames.map(async (name) => [name, await pidOf(join(stage.data, name, "config.json"))] as const);
  const found = await Promise.all(parts);
  const executor = found.find(([name]) => name === "executor")?.[1] ?? 0;
  const workers = await workersOf(executor);
  expect(workers).not.toEqual([]);
  pids = [["dev", stage.dev.child.pid ?? 0], ...found, ...workers.map((pid) => ["worker", pid] as const)];
});
afterAll(async () => stage.close());

/** The flags of each descriptor above 2 of a process that its children would inherit. */
async function inheritable(pid: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const number of await readdir(`/proc/${pid}/fd`)) {
    const text = await readFile(`/proc/${pid}/fdinfo/${number}`, "utf8").catch(() => "");
    const flags = /^flags:\s*([0-7]+)$/m.exec(text)?.[1];
    const isInheritable = flags !== undefined && (Number.parseInt(flags, 8) & 0o2000000) === 0;
    if (isInheritable && Number(number) > 2) found.push(`${number} ${await readlink(`/proc/${pid}/fd/${number}`)}`);
  }
  return found;
}

describe("the processes of sealrun", () => {
  test("the processes of sealrun pass no descriptor of their parent on, and a script has only 0 to 4", async () => {
    await stage.push("team/lister", { "lister.py": lister });
    const report = await stage.run("team/lister");
    expect(report.steps[0]?.result, JSON.stringify(report)).toMatchObject({ descriptors: [0, 1, 2, 3, 4] });
    for (const [name, pid] of pids) expect(await inheritable(pid), name).toEqual([]);
    expect(stage.dev.output()).toMatch(/Closed descriptors .*: .*20, .*100, .*1000/);
  });

  test("the processes of sealrun leave no core dump, nor does a script", async () => {
    for (const [name, pid] of pids) {
      const limits = await readFile(`/proc/${pid}/limits`, "utf8");
      expect(limits, name).toMatch(/^Max core file size\s+0\s+0\s/m);
      expect((await readFile(`/proc/${pid}/coredump_filter`, "utf8")).trim(), name).toBe("00000000");
    }
    await stage.push("team/limits", { "limits.py": lister });
    expect((await stage.run("team/limits")).steps[0]?.result).toMatchObject({ core: [0, 0] });
  });

  test("the processes of sealrun listen nowhere but at the platform's API unless they are told to", async () => {
    const found = await Promise.all(pids.map(async ([name, pid]) => `${name} ${(await listeners(pid)).length}`));
    expect([...new Set(found)]).toEqual(["dev 0", "platform 1", "keyring 0", "executor 0", "worker 0"]);
  });

  test("the processes of sealrun ignore SIGUSR1: no inspector opens, and nothing ends", async () => {
    const listening = async (): Promise<readonly string[]> =>
      (
        await Promise.all(pids.map(async ([name, pid]) => (await listeners(pid)).map((port) => `${name} ${port}`)))
      ).flat();
    const before = await listening();
    for (const [, pid] of pids) process.kill(pid, "SIGUSR1");
    await sleep(1_000);
    expect(await listening()).toEqual(before);
    for (const [name, pid] of pids) expect(() => process.kill(pid, 0), name).not.toThrow();
    const logs = partNames.map(async (name) => readFile(join(stage.data, "logs", `${name}.log`), "utf8"));
    expect((await Promise.all(logs)).join("") + stage.dev.output()).not.toContain("Debugger listening");
    expect((await stage.run("team/lister")).status).toBe("succeeded");
  });
});

/** The local addresses at which a process listens, as the kernel writes them. */
async function listeners(pid: number): Promise<readonly string[]> {
  const links = (await readdir(`/proc/${pid}/fd`)).map(async (number) =>
    readlink(`/proc/${pid}/fd/${number}`).catch(() => ""),
  );
  const own = new Set(await Promise.all(links));
  const tables = [`/proc/${pid}/net/tcp`, `/proc/${pid}/net/tcp6`].map(async (path) =>
    readFile(path, "utf8").catch(() => ""),
  );
  const rows = (await Promise.all(tables)).flatMap((table) => table.split("\n").map((row) => row.trim().split(/\s+/)));
  return rows.filter((row) => row[3] === "0A" && own.has(`socket:[${row[9]}]`)).map((row) => row[1] ?? "");
}
