import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import {
  isAlive,
  markProcess,
  preferForOomKill,
  signalChildren,
  signalProcess,
  stopAtOnce,
  waitUntilAsleep,
  waitUntilGone,
} from "../../../executor/src/child/process-tree.ts";

test("isAlive() distinguishes two processes with the same id", async () => {
  const mark = await markProcess(process.pid);
  expect(mark).toBeDefined();
  if (mark === undefined) return;
  expect(await isAlive(mark)).toBe(true);
  expect(await isAlive({ ...mark, startedAt: "1" })).toBe(false);
});

test("markProcess() finds no process for an unused id", async () => {
  expect(await markProcess(4_194_305)).toBeUndefined();
});

test("waitUntilGone() ends with the process", async () => {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  const mark = await markProcess(child.pid ?? 0);
  if (mark === undefined) throw new TypeError("sleep did not start");
  const gone = waitUntilGone(mark);
  child.kill("SIGKILL");
  await gone;
  expect(await isAlive(mark)).toBe(false);
});

test("waitUntilAsleep() waits for a busy process, until it sleeps or is gone", async () => {
  const work = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; ";
  for (const [then, states] of [
    ["read line", /^S$/],
    ["exit 0", /^(?:Z|gone)$/],
  ] as const) {
    const child = spawn("sh", ["-c", work + then], { stdio: ["pipe", "ignore", "ignore"] });
    const mark = await markProcess(child.pid ?? 0);
    if (mark === undefined) throw new TypeError("the process is gone");
    await waitUntilAsleep(mark);
    const stat = await readFile(`/proc/${mark.id}/stat`, "utf8").catch(() => "");
    expect(stat.split(") ")[1]?.slice(0, 1) ?? "gone").toMatch(states);
    child.kill("SIGKILL");
  }
});

test("signalChildren() reaches the children and not the parent", async () => {
  const parent = spawn("sh", ["-c", "sleep 1000; echo over"], { stdio: ["ignore", "pipe", "ignore"] });
  const mark = await markProcess(parent.pid ?? 0);
  if (mark === undefined) throw new TypeError("sh did not start");
  const exited = once(parent, "exit");
  const repeat = setInterval(() => void signalChildren(mark, "SIGTERM"), 20);
  const [exitCode] = await exited;
  clearInterval(repeat);
  expect(exitCode).toBe(0);
});

test("signalProcess() ignores a process that is gone", () => {
  expect(() => signalProcess(4_194_305, "SIGTERM")).not.toThrow();
});

test("preferForOomKill() gives a process and its later children the highest score, and is quiet about one that is gone", async () => {
  const child = spawn("sh", ["-c", "read line; cat /proc/self/oom_score_adj"], { stdio: ["pipe", "pipe", "ignore"] });
  preferForOomKill(child.pid);
  child.stdin.end("go\n");
  expect(await text(child.stdout)).toBe("1000\n");
  expect(() => preferForOomKill(4_194_305)).not.toThrow();
  expect(() => preferForOomKill(undefined)).not.toThrow();
});

test("stopAtOnce() returns when a process has stopped, so that no child of it appears later", async () => {
  for (let count = 0; count < 20; count += 1) {
    const child = spawn("sh", ["-c", "echo begins; while :; do (:); done"], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const [id, ended] = [child.pid ?? 0, once(child, "exit")];
    stopAtOnce(id);
    const state = readFileSync(`/proc/${id}/stat`, "latin1").split(") ").at(-1)?.charAt(0);
    child.kill("SIGKILL");
    await ended;
    expect(state).toBe("T");
  }
  // One that is gone is no error.
  stopAtOnce(4_194_304);
});
