import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, onTestFinished, test } from "vitest";
import { createPipePool, type OutputPipes } from "../../../executor/src/child/output-pipes.ts";
import { removeLeftovers } from "../../../executor/src/workspace/remove-leftovers.ts";
import { runPackage } from "../run-package.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Lets a child write through the pipes, and gives what arrived. */
async function say(pipes: OutputPipes, what: string): Promise<readonly string[]> {
  const { stdout, stderr, status } = pipes;
  spawn("sh", ["-c", `echo out ${what} > /dev/stdout; echo err ${what} > /dev/stderr`], {
    stdio: ["ignore", stdout.writeEnd, stderr.writeEnd],
  });
  for (const { closeWriteEnd } of [stdout, stderr, status]) closeWriteEnd();
  return Promise.all([text(stdout.output), text(stderr.output), text(status.output)]);
}

function drop(...taken: readonly OutputPipes[]): void {
  for (const { stdout, stderr, status, token } of taken) {
    for (const { output } of [stdout, stderr, status]) output.destroy();
    token.pipe.close();
    for (const { closeWriteEnd } of [stdout, stderr, status, token]) closeWriteEnd();
  }
}

/** How many programs this process has started from now on, until the test ends. */
function countStarts(): () => number {
  let starts = 0;
  const note = (): void => void (starts += 1);
  subscribe("child_process", note);
  onTestFinished(() => void unsubscribe("child_process", note));
  return () => starts;
}

const names = async (folder: string): Promise<readonly string[]> => readdir(folder, { recursive: true });
const pipesIn = async (folder: string): Promise<number> =>
  (await names(folder)).filter((name) => name.includes("/")).length;

test("createPipePool() gives pipes that a script can open by name, whose own names are gone", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  const first = await pool.take();
  expect(await pipesIn(root.path)).toBe(4 * 255);
  const modes = execFileSync("find", [root.path, "-mindepth", "1", "-printf", "%y%m\n"]).toString().split("\n");
  expect([...new Set(modes)].toSorted()).toEqual(["", "d700", "p666"]);
  expect(await say(first, "one")).toEqual(["out one\n", "err one\n", ""]);
  expect(await say(await pool.take(), "two")).toEqual(["out two\n", "err two\n", ""]);
  await pool.close();
  expect(await names(root.path)).toEqual([]);
});

test("createPipePool() starts one program for 256 scripts, also for many at once", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  const starts = countStarts();
  for (let taken = 0; taken < 256; taken += 16) {
    drop(...(await Promise.all(Array.from({ length: 16 }, async () => pool.take()))));
  }
  expect(starts()).toBe(1);
  expect(await pipesIn(root.path)).toBe(0);
  drop(await pool.take());
  expect(starts()).toBe(2);
  // The emptied folder went with its last pipes.
  expect(await readdir(root.path)).toHaveLength(1);
  await pool.close();
});

test("createPipePool() gives no script what an earlier one still writes", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  const first = await pool.take();
  const { stdout, stderr, status } = first;
  // It ends, and leaves a process with its output.
  const script = spawn("sh", ["-c", "(until [ -e go ]; do sleep 0.05; done; echo late) & exit 0"], {
    cwd: root.path,
    stdio: ["ignore", stdout.writeEnd, stderr.writeEnd],
  });
  for (const { closeWriteEnd } of [stdout, stderr, status]) closeWriteEnd();
  await once(script, "exit");
  const next = await pool.take();
  await writeFile(join(root.path, "go"), "");
  expect(await text(stdout.output)).toBe("late\n");
  expect(await say(next, "next")).toEqual(["out next\n", "err next\n", ""]);
  await pool.close();
});

test("runStep() lets a script find no pipe by name, its own or another's", async () => {
  const script = "mkfifo own; find / -path /usr -prune -o -path /proc -prune -o -type p -print 2>/dev/null; true";
  expect(await runPackage({ files: { "main.sh": script } })).toMatchObject({ exitCode: 0, stdout: "/work/own\n" });
});

test("createPipePool() gives a pipe for the token that a child and its own children read and write", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  const pipes = await pool.take();
  pipes.token.pipe.put();
  const script = "read t <&4 && (echo >&4; read t <&4; echo >&4)";
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "ignore", "ignore", "ignore", pipes.token.writeEnd] });
  expect(await once(child, "exit")).toEqual([0, null]);
  expect([...pipes.token.pipe.take()]).toEqual([0x0a]);
  drop(pipes);
  await pool.close();
});

test("createPipePool() gives a pipe for the sandbox whose writer survives the end of its reader", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  const { stdout, stderr, status } = await pool.take();
  for (const { output } of [stdout, stderr, status]) output.destroy();
  const child = spawn("sh", ["-c", "echo said >&5 && exit 7"], {
    stdio: ["ignore", "ignore", "ignore", "ignore", "ignore", status.writeEnd],
  });
  for (const { closeWriteEnd } of [stdout, stderr, status]) closeWriteEnd();
  expect(await once(child, "exit")).toEqual([7, null]);
  await pool.close();
});

test("createPipePool() makes new pipes when others were removed, as old files in a temporary folder are", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(join(root.path, "pipes"));
  drop(await pool.take());
  await rm(join(root.path, "pipes"), { recursive: true });
  expect(await say(await pool.take(), "again")).toEqual(["out again\n", "err again\n", ""]);
  await pool.close();
});

test("createPipePool() throws where no pipe can be made, and makes them once it can", async () => {
  await using root = await temporaryFolder();
  const folder = join(root.path, "pipes");
  await writeFile(folder, "");
  const pool = createPipePool(folder);
  const refused = Array.from({ length: 3 }, async () => pool.take());
  for (const { reason } of (await Promise.allSettled(refused)).filter((each) => each.status === "rejected")) {
    expect(reason).toMatchObject({ code: "MACHINE_FAILED", message: expect.stringContaining(folder) });
  }
  expect((await Promise.allSettled(refused)).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  await rm(folder);
  expect(await say(await pool.take(), "later")).toEqual(["out later\n", "err later\n", ""]);
  await pool.close();
});

test("createPipePool() keeps no descriptor of pipes that cannot be opened", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  drop(await pool.take());
  const open = async (): Promise<number> => (await readdir("/proc/self/fd")).length;
  const before = await open();
  const [folder = ""] = await readdir(root.path);
  // The next script's status cannot be opened; its stdout and stderr can.
  await rm(join(root.path, folder, "254.status"));
  drop(await pool.take());
  await expect.poll(open).toBe(before);
  await pool.close();
});

test("removeLeftovers() removes the pipes of an executor that is gone, and no others", async () => {
  await using root = await temporaryFolder();
  const pool = createPipePool(root.path);
  drop(await pool.take());
  const [own = ""] = await readdir(root.path);
  await rename(join(root.path, own), join(root.path, "pipes-4194305.77-AAAAAA"));
  await pool.close();
  const live = createPipePool(root.path);
  drop(await live.take());
  await removeLeftovers(root.path);
  expect(await readdir(root.path)).toEqual([expect.stringContaining(`pipes-${process.pid}.`)]);
  await live.close();
});
