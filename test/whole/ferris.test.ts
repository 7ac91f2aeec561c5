import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openStage, type RunReport, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

const secrets = { DB_PASS: 'p4ss "word" of $HOME', API: { user: "svc", token: "tok-1234567890" } };

/** Written as Ferris's own samples are: nothing in it knows sealrun. */
const app = `
import hashlib, json, os, sys
from ferris_ef import context, get_secret, get_param
from rates import double

def sha(value):
    return hashlib.sha256(value.encode()).hexdigest()

payload = json.loads(sys.argv[1])
runs = (context.state.get().get("runs") or 0) + 1
context.state.put("runs", runs)
context.logging.setLevel("DEBUG")
context.logging.info("from the logger")
seen = {
    "get_secret": sha(get_secret("DB_PASS")),
    "secrets.get": sha(context.secrets.get("DB_PASS")),
    "structured": sha(context.secrets.get("API")["token"]),
    "missing": context.secrets.get("NOT_THERE"),
    "get_param": get_param("package_name"),
    "argv": sha(payload["secrets"]["DB_PASS"]),
    "argv names": sorted(payload["secrets"]),
    "argv package": payload["package_name"],
    "params": context.params.get("package_name"),
    "positional": list(context.secrets.set("SET_ONE", "one-for-the-project", "project")),
    "named": list(context.secrets.set(name="SET_TWO", value={"for": "all-of-the-platform"}, context="platform")),
    "read back": [sha(context.secrets.get("SET_ONE")), sha(context.secrets.get("SET_TWO")["for"])],
    "config": context.config.get("LOG_LEVEL"),
    "config default": context.config.get("NOT_THERE", "default"),
    "state": context.state.get(),
    "package": [context.package.name, context.package.id == payload["package_id"]],
    "sibling": double(21),
    "data": open("rates.txt").read() + open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rates.txt")).read(),
}
context.result(seen)
`;

const files = {
  "app.py": app,
  "rates.py": "def double(number):\n    return number * 2\n",
  "never.py": 'raise SystemExit("entrypoint beats every other script")\n',
  "rates.txt": "CHF 1.07\n",
  "config.json": { LOG_LEVEL: "INFO" },
  "secrets.json": secrets,
  "manifest.json": {
    description: "A Ferris package",
    entrypoint: "app.py",
    execution_order: ["never.py"],
    tags: ["sample"],
    trigger_events: ["ferris.test"],
    schedule: "",
    priority: "5",
    allow_manual_triggering: true,
    active: true,
  },
};

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const seenBy = (report: RunReport): Readonly<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(report.steps[0]?.result);

let stage: Stage;
let report: RunReport;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "ferris"]);
  await stage.push("ferris/report", files);
  report = await stage.run("ferris/report");
});
afterAll(async () => stage.close());

describe("sealrun run", () => {
  test("sealrun run gives a Ferris package everything that its API names", async () => {
    expect(report, JSON.stringify(report)).toMatchObject({ status: "succeeded" });
    expect(report.steps.map(({ script }) => script)).toEqual(["app.py"]);
    expect(seenBy(report)).toEqual({
      get_secret: sha(secrets.DB_PASS),
      "secrets.get": sha(secrets.DB_PASS),
      structured: sha(secrets.API.token),
      missing: null,
      get_param: "report",
      argv: sha(secrets.DB_PASS),
      "argv names": ["API", "DB_PASS"],
      "argv package": "report",
      params: "report",
      positional: [200, "OK"],
      named: [200, "OK"],
      "read back": [sha("one-for-the-project"), sha("all-of-the-platform")],
      config: "INFO",
      "config default": "default",
      state: { runs: 1 },
      package: ["report", true],
      sibling: 42,
      data: "CHF 1.07\nCHF 1.07\n",
    });
    expect(await stage.lines(report.id)).toContain("sdk: from the logger");
  });

  test("sealrun run keeps a Ferris package's state for its next run", async () => {
    const again = seenBy(await stage.run("ferris/report"));
    expect(again["state"]).toEqual({ runs: 2 });
  });

  test("sealrun run writes on the receipt what a Ferris package read, and from which scope", () => {
    const rows = report.receipt.map(({ name, scope }) => `${name} ${scope ?? "nowhere"}`);
    expect([...new Set(rows)].sort()).toEqual([
      "API service",
      "DB_PASS service",
      "NOT_THERE nowhere",
      "SET_ONE project",
      "SET_TWO platform",
    ]);
  });

  test("sealrun run gives the module fx_ef and a script in Node the same", async () => {
    await stage.push("ferris/later", {
      "one.py": `import json, sys, hashlib
from fx_ef import context, get_secret, get_param
assert json.loads(sys.argv[1])["secrets"]["DB_PASS"] == get_secret("DB_PASS")
context.result.log({"package": get_param("package_name"), "order": 1})`,
      "two.mjs": `import { context, getSecret } from "@sealrun/sdk";
const payload = JSON.parse(process.argv[2]);
context.result({ same: payload.secrets.DB_PASS === getSecret("DB_PASS"), before: context.results["one.py"] });`,
      "secrets.json": secrets,
      "manifest.json": { execution_order: ["one.py", "two.mjs"], priority: "10" },
    });
    const later = await stage.run("ferris/later");
    expect(later.steps.map(({ output, result }) => [output, result])).toEqual([
      ["", { package: "later", order: 1 }],
      ["", { same: true, before: { package: "later", order: 1 } }],
    ]);
  });

  test("sealrun run gives ferris_cli, lets cron win over a delay, and names the event that started a run", async () => {
    await stage.push("ferris/older", {
      "app.py": `from ferris_cli.v2 import FerrisEvents, ApplicationConfigurator
from fx_ef import context
sent = FerrisEvents().send("x.started", context.package.name, data={"a": 1})
later = context.retry(minutes=5, cron_expression="56 * * * *", parameters={})
context.result([sent[:4], later[:4], ApplicationConfigurator.get(context.package.name), context.params.get("origin_event_type")])`,
      "config.json": { k: "v" },
      "manifest.json": { execution_order: ["", "app.py"] },
    });
    await stage.push("ferris/branch", {
      "app.py":
        'from ferris_ef import context\ncontext.result([context.params["origin_event_type"], context.params["a"]])',
      "branch.sh": "sealrun-context param origin_event_type | sealrun-context result",
      "manifest.json": { trigger_events: ["", "x.started"] },
    });
    const older = await stage.run("ferris/older");
    expect(older.steps.map(({ result }) => result)).toEqual([["evt_", "sch_", { k: "v" }, null]]);
    expect(await stage.lines(older.id)).toContain(
      "sdk: the delay has no effect: the cron text says when the package runs",
    );
    const branch = await until(async () => {
      const list = await stage.must(["execution", "list", "--project", "ferris", "--package", "branch", "--json"]);
      const [run] = z.object({ executions: z.array(z.object({ id: z.string() })) }).parse(JSON.parse(list)).executions;
      const shown = run === undefined ? undefined : await stage.show(run.id);
      return shown?.finishedAt === null || shown?.reportsComplete !== true ? undefined : shown;
    });
    expect(branch.steps.map(({ result }) => result)).toEqual([["x.started", 1], "x.started"]);
  });
});
