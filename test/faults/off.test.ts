import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  countPublishes,
  countStatement,
  crashPoint,
  crashPoints,
  failAfter,
  faultKinds,
} from "../../packages/faults/src/off.ts";
import { crashPoints as allPoints, faultKinds as allKinds } from "../../packages/faults/src/points.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-off-"));
});
afterAll(async () => rm(folder, { recursive: true }));

const crashAt = "executor.step.started";
const crashFile = () => join(folder, "crash");
const countFile = () => join(folder, "count");

/** Everything that a test build listens to, in a process that passes every point, each kind of call and both counters. */
function runWithEverything(door: "on" | "off") {
  const program = `import { countPublishes, countStatement, crashPoint, crashPoints, failAfter, faultKinds } from "./${door}.ts";
    let failures = 0;
    for (const kind of faultKinds) try { failAfter(kind); } catch { failures += 1; }
    const connection = { protocol: { publish: (subject) => subject } };
    countPublishes(connection);
    connection.protocol.publish("a.b");
    for (const text of ["select 1", "begin", "update a set b", "commit"]) countStatement(connection, text);
    console.log(failures);
    for (let passage = 0; passage < 3; passage += 1) for (const point of Object.keys(crashPoints)) crashPoint(point);
    console.log("alive");`;
  return spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "-"], {
    cwd: new URL("../../packages/faults/src/", import.meta.url),
    env: {
      SEALRUN_CRASH_AT: crashAt,
      SEALRUN_CRASH_FILE: crashFile(),
      SEALRUN_FAULTS: "1:1",
      SEALRUN_COUNT_FILE: countFile(),
    },
    input: program,
    encoding: "utf8",
  });
}

describe("packages/faults/src/off.ts, with all variables of a test build set", () => {
  test("crashPoint(), failAfter() and the counters do nothing, where a test build fails, counts and dies", async () => {
    await writeFile(crashFile(), crashAt);
    const shipped = runWithEverything("off");
    expect(shipped).toMatchObject({ signal: null, status: 0, stdout: "0\nalive\n", stderr: "" });
    expect(await readdir(folder)).toEqual(["crash"]);
    expect(await readFile(crashFile(), "utf8")).toBe(crashAt);

    // The same program and variables work in a test build: nothing above passes because of a wrong name.
    const testBuild = runWithEverything("on");
    expect(testBuild).toMatchObject({ signal: "SIGKILL", stdout: `${allKinds.length}\n` });
    expect(await readdir(folder)).toEqual(["count"]);
  });
});

test("countPublishes() leaves the connection's own function in place", () => {
  const publish = (subject: string): string => subject;
  const connection = { protocol: { publish } };
  countPublishes(connection);
  expect(connection.protocol.publish).toBe(publish);
});

test("countPublishes() and countStatement() accept a connection of any shape, a frozen one too", () => {
  for (const connection of [{}, { protocol: null }, Object.freeze({ protocol: Object.freeze({}) })]) {
    countPublishes(connection);
    countStatement(connection, "begin");
    expect(Object.keys(connection).filter((key) => key !== "protocol")).toEqual([]);
  }
});

test("crashPoint() and failAfter() return nothing for every point and kind, and off.ts gives the whole lists of them", () => {
  expect([crashPoints, faultKinds]).toEqual([allPoints, allKinds]);
  for (const point of pointsOf(crashPoints)) expect(crashPoint(point)).toBeUndefined();
  for (const kind of faultKinds) expect(failAfter(kind)).toBeUndefined();
});

function pointsOf<T extends object>(points: T): readonly (keyof T)[] {
  const isPoint = (name: string): name is Extract<keyof T, string> => name in points;
  return Object.keys(points).filter(isPoint);
}
