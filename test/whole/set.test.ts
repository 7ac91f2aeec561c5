import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSecondExecutor } from "../support/second-executor.ts";
import { openStage, type Stage } from "../support/stage.ts";

/** Reads, sets, and reads again: what it saw comes as booleans, since values would be masked. */
const writer = `import { context } from "@sealrun/sdk";
  const before = context.secrets.get("ROTATED");
  const outcome = context.secrets.set("ROTATED", "made by the first run", "project");
  context.secrets.set({ name: "EVERYWHERE", value: { level: ["deep", 1] }, context: "platform" });
  context.result({
    before: before === null,
    outcome,
    after: context.secrets.get("ROTATED") === "made by the first run",
    everywhere: JSON.stringify(context.secrets.get("EVERYWHERE")) === '{"level":["deep",1]}',
  });`;

const reader = `import hashlib
from sealrun import context
context.result({
    "rotated": context.secrets.get("ROTATED") == "made by the first run",
    "everywhere": context.secrets.get("EVERYWHERE") == {"level": ["deep", 1]},
})`;

let stage: Stage;
let second: Awaited<ReturnType<typeof startSecondExecutor>>;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "team"]);
  second = await startSecondExecutor(stage, "second");
});
afterAll(async () => {
  await second.stop();
  await stage.close();
});

describe("context.secrets.set()", () => {
  test("context.secrets.set() is read by the next get of the same run, and by the next run on another executor", async () => {
    await stage.push("team/writer", { "write.ts": writer });
    await stage.push("team/reader", { "read.py": reader, "manifest.json": { pool: "second" } });
    const wrote = await stage.run("team/writer");
    expect(wrote.steps[0]?.result, JSON.stringify(wrote)).toEqual({
      before: true,
      outcome: { scope: "project", version: 1 },
      after: true,
      everywhere: true,
    });
    const read = await stage.run("team/reader");
    expect(read.steps[0]?.result, JSON.stringify(read)).toEqual({ rotated: true, everywhere: true });
    const [writing, reading] = [(await stage.show(wrote.id)).executor, (await stage.show(read.id)).executor];
    expect(writing).not.toBe(null);
    expect(reading).not.toBe(writing);
  });

  test("context.secrets.set() of a name that the service shadows succeeds, and the log says so", async () => {
    await stage.push("team/shadowed", {
      "set.py": `from sealrun import context
print(context.secrets.set("SHADOWED", "the wider value", "project"))
print(context.secrets.get("SHADOWED") == "the narrow value")`,
      "secrets.json": { SHADOWED: "the narrow value" },
    });
    const report = await stage.run("team/shadowed");
    expect(report.steps[0]?.output).toBe("(200, 'OK')\nTrue");
    const lines = await stage.lines(report.id);
    expect(lines.find((line) => line.startsWith("system:"))).toMatch(/SHADOWED .*service.*narrower/);
  });

  test("context.secrets.set() and state.put() are read as this run wrote them, also when another run wrote later", async () => {
    await stage.push("team/contend", {
      "contend.py": `import time
from sealrun import context
me, other = context.params.get("me"), context.params.get("other")
status = context.secrets.set("CONTENDED", "written by " + me, "project")[0]
context.state.put("last", me)
context.state.put("done " + me, True)
until = time.monotonic() + 60
while context.state.get("done " + other) is None and time.monotonic() < until:
    time.sleep(0.1)
context.result({
    "status": status,
    "met": context.state.get("done " + other) is True,
    "secret": context.secrets.get("CONTENDED") == "written by " + me,
    "state": context.state.get("last") == me,
    "all": context.state.get()["last"] == me,
})`,
    });
    const reports = await Promise.all(
      [
        ["one", "two"],
        ["two", "one"],
      ].map(async ([me, other]) => stage.run("team/contend", ["--param", `me=${me}`, "--param", `other=${other}`])),
    );
    for (const report of reports) {
      const expected = { status: 200, met: true, secret: true, state: true, all: true };
      expect(report.steps[0]?.result, JSON.stringify(report)).toEqual(expected);
    }
    const read = reports.map(({ receipt }) => receipt.map(({ name, version }) => `${name}@${version}`).join(" "));
    expect(new Set(read)).toEqual(new Set(["CONTENDED@1", "CONTENDED@2"]));
  });

  test("sealrun-context set is read by the next get, in shell", async () => {
    await stage.push("team/shell", {
      "set.sh": `set -e
printf 'a "quoted"\\n$value\\n\\n' | sealrun-context set FROM_SHELL --scope project
[ "$(sealrun-context get FROM_SHELL | od -c | head -c 400)" = "$(printf 'a "quoted"\\n$value\\n' | od -c)" ] && echo same`,
    });
    expect((await stage.run("team/shell")).steps[0]?.output).toBe("same");
  });

  test("context.secrets.set() refuses the scope service and a name that is none, and stores nothing", async () => {
    await stage.push("team/refused", {
      "set.py": `from sealrun import context
print(context.secrets.set("REFUSED", "some value", "service")[0])
print(context.secrets.set("not a name", "some value", "project")[0])`,
    });
    const before = await stage.must(["secret", "list", "--scope", "project", "--project", "team", "--json"]);
    const report = await stage.run("team/refused");
    expect(report.steps[0]?.output).toBe("403\n400");
    expect(await stage.must(["secret", "list", "--scope", "project", "--project", "team", "--json"])).toBe(before);
  });
});
