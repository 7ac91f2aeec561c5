import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gate, makeGate } from "../support/gate.ts";
import { pidOf } from "../support/processes.ts";
import { openStage, type RunReport, type Stage } from "../support/stage.ts";

let stage: Stage;
let gate: Gate;
let victim: Promise<RunReport>;
/** Everything on the host that a script must not reach: each exists while the attacks run. */
let precious: readonly string[];
let pids: readonly number[];

beforeAll(async () => {
  stage = await openStage();
  gate = await makeGate();
  await stage.must(["project", "create", "team"]);
  await stage.push("team/victim", {
    "hold.ts": `import { context } from "@sealrun/sdk";
      context.secrets.get("HELD"); await fetch(${JSON.stringify(gate.url)});`,
    "secrets.json": { HELD: "held by another run" },
    "manifest.json": { network: "host" },
  });
  victim = stage.run("team/victim");
  await gate.arrived;
  const work = join(stage.data, "executor", "work");
  const runs = (await readdir(work)).map((name) => join(work, name));
  expect(runs).not.toEqual([]);
  precious = [
    join(stage.data, "platform", "storage.key"),
    join(stage.data, "keyring", "wrapping.key"),
    join(stage.data, "executor", "state.json"),
    join(stage.data, "admin.token"),
    join(stage.data, "nats", "nats.conf"),
    join(stage.data, "postgres", "platform.password"),
    ...runs,
  ];
  for (const path of precious) await stat(path);
  pids = await Promise.all(
    (["platform", "keyring", "executor"] as const).map(async (part) => pidOf(join(stage.data, part, "config.json"))),
  );
});
afterAll(async () => {
  gate.open();
  await victim;
  await gate.close();
  await stage.close();
});

/** Runs a script that tries each expression, and gives the code or name of what stopped it. */
async function attempt(language: "py" | "mjs", attempts: readonly string[]): Promise<unknown> {
  const python = `import os, socket, glob
from sealrun import context
seen = []
for attack in ${JSON.stringify(attempts)}:
    try: seen.append("reached: " + repr(eval(attack)))
    except Exception as error: seen.append(type(error).__name__)
context.result(seen)`;
  const node = `import { context } from "@sealrun/sdk"; import fs from "node:fs";
const seen = [];
for (const attack of ${JSON.stringify(attempts)}) {
  try { seen.push("reached: " + String(await eval(attack))); } catch (error) { seen.push(error.code ?? error.name); }
}
context.result(seen);`;
  await stage.push(`team/attacker-${language}`, { [`attack.${language}`]: language === "py" ? python : node });
  return (await stage.run(`team/attacker-${language}`)).steps[0]?.result;
}

describe("sealrun run", () => {
  test("sealrun run shows no script a root key, a token, an identity or another run's folder by its path", async () => {
    const read = precious.map((path) => `fs.readFileSync(${JSON.stringify(path)})`);
    const listed = precious.map((path) => `fs.readdirSync(${JSON.stringify(path)})`);
    expect(await attempt("mjs", [...read, ...listed])).toEqual([...read, ...listed].map(() => "ENOENT"));
  });

  test("sealrun run shows no script environment, memory, files or folders of the platform's processes", async () => {
    const attacks = pids.flatMap((pid) => [
      `open("/proc/${pid}/environ", "rb").read()`,
      `open("/proc/${pid}/mem", "rb").read(1)`,
      `open("/proc/${pid}/cmdline", "rb").read()`,
      `os.listdir("/proc/${pid}/root")`,
      `os.listdir("/proc/${pid}/fd")`,
      `os.kill(${pid}, 9)`,
    ]);
    const seen = await attempt("py", attacks);
    const denied = [
      "FileNotFoundError",
      "FileNotFoundError",
      "FileNotFoundError",
      "FileNotFoundError",
      "FileNotFoundError",
    ];
    expect(seen).toEqual(pids.flatMap(() => [...denied, "ProcessLookupError"]));
  });

  test("sealrun run shows no script the text of another run's secret in any process it can see", async () => {
    const environments = `[path for path in glob.glob("/proc/[0-9]*/environ") if os.access(path, os.R_OK) and b"held by" in open(path, "rb").read()]`;
    const commands = `[path for path in glob.glob("/proc/[0-9]*/cmdline") if b"hold.ts" in open(path, "rb").read()]`;
    expect(await attempt("py", [environments, commands])).toEqual(["reached: []", "reached: []"]);
  });

  test("sealrun run lets no import inline a file of the host into a bundle", async () => {
    for (const path of precious.slice(0, 4)) {
      await stage.push("team/importer", {
        "import.ts": `import content from ${JSON.stringify(path)}; console.log(content);`,
      });
      const report = await stage.run("team/importer");
      expect(report).toMatchObject({ status: "failed", error: { code: "BUNDLE_FAILED" } });
      expect(JSON.stringify(report.steps)).not.toContain("console.log");
    }
  });

  test("sealrun run lets no import with a loader or a relative way out reach the host either", async () => {
    const [key = ""] = precious;
    const away = "../".repeat(12) + key.slice(1);
    const folder = await stage.write("team/importer", {
      "import.ts": `import content from ${JSON.stringify(away)} with { type: "text" }; console.log(content);`,
    });
    await stage.must(["push", folder, "--project", "team", "--name", "importer", "--force"]);
    expect(await stage.run("team/importer")).toMatchObject({ status: "failed", error: { code: "BUNDLE_FAILED" } });
  });

  test("sealrun run leaves nothing of a run's folder behind", async () => {
    await stage.push("team/tidy", { "write.sh": "echo kept > /work/left-behind; echo kept > /tmp/left-behind" });
    await stage.run("team/tidy");
    const left = await readdir(join(stage.data, "executor", "work"), { recursive: true });
    expect(left.filter((name) => name.includes("left-behind"))).toEqual([]);
  });
});

test("sealrun execution show names the level that the sandbox held, and project limit requires one", async () => {
  await stage.push("team/level", { "main.sh": "true" });
  const { id } = await stage.run("team/level");
  // Only root may give each slot a user.
  const level = process.getuid?.() === 0 ? "separate-users" : "filtered";
  expect((await stage.show(id)).attempts).toMatchObject([{ sandbox: level }]);
  expect(await stage.must(["execution", "show", id])).toContain(`\n  sandbox   ${level}\n`);
  const limited = await stage.must(["project", "limit", "team", "--min-sandbox", "filtered"]);
  expect(limited).toContain("project team runs only on executors whose sandbox reaches the level filtered");
  expect(await stage.run("team/level")).toMatchObject({ status: "succeeded" });
  expect(await stage.must(["project", "limit", "team", "--min-sandbox", "none"])).not.toContain("reaches");
  const wrong = await stage.sealrun(["project", "limit", "team", "--min-sandbox", "strong"]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([64, expect.stringContaining("filtered")]);
});
