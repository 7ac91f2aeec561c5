import { scheduleList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../support/api.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Whoever sends an event cannot make another package read a secret. */
const reference = "{{ secret('PRINT_KEY') }}";
const started = z.object({ id: z.string(), started: z.array(z.string()) });

describe("events between packages", { timeout: 300_000 }, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await stage.must(["project", "create", "acme"]);
    await stage.must(["project", "create", "other"]);
  });
  afterAll(async () => stage?.close());

  const finished = async (id: string) =>
    until(async () => {
      const execution = await stage.show(id);
      return execution.finishedAt === null || !execution.reportsComplete ? undefined : execution;
    });
  const runsOf = async (address: string) => {
    const [project = "", name = ""] = address.split("/");
    const text = await stage.must(["execution", "list", "--project", project, "--package", name, "--json"]);
    return z.object({ executions: z.array(z.object({ id: z.string() })) }).parse(JSON.parse(text)).executions;
  };

  it("context.events.send starts the packages of the project that wait for the type, with the data as parameters", async () => {
    const waiting = { trigger_events: ["invoice.made"], priority: 9, allow_manual_triggering: false };
    await stage.push("acme/print", {
      "manifest.json": waiting,
      "secrets.json": { PRINT_KEY: "canary-of-a-reference" },
      "parameters.json": {
        fields: [
          { type: "int", name: "number", label: "Number", required: true },
          { type: "text", name: "total", label: "Total" },
        ],
      },
      "main.py": [
        "from ferris_ef import context, get_param",
        "trigger = context.execution.trigger",
        "context.result([get_param('number'), get_param('total'), get_param('extra'), get_param('package_name'), trigger['kind'], trigger['source']])",
      ].join("\n"),
    });
    await stage.push("acme/idle", { "manifest.json": { ...waiting, active: false }, "main.sh": "true\n" });
    await stage.push("other/print", { "manifest.json": waiting, "main.sh": "true\n" });
    await stage.push("acme/bill", {
      "main.ts": [
        'import { context } from "@sealrun/sdk";',
        `const total = "{{ secret('PRINT_KEY') }}";`,
        'context.result(context.events.send("invoice.made", { data: { number: 7, total, extra: total, package_name: "forged" } }));',
      ].join("\n"),
    });
    const bill = await stage.run("acme/bill");
    expect(bill).toMatchObject({ status: "succeeded" });
    const [run] = await runsOf("acme/print");
    const print = await finished(run?.id ?? "");
    expect(print.status).toBe("succeeded");
    expect(print.priority).toBe(9);
    expect(print.trigger).toMatchObject({ kind: "event", type: "invoice.made", source: "bill", executionId: bill.id });
    expect(print.steps[0]?.result).toEqual([7, reference, reference, "print", "event", "bill"]);
    expect(await runsOf("acme/idle")).toEqual([]);
    expect(await runsOf("other/print")).toEqual([]);
  });

  it("sealrun event send starts a package whose people may not, and refuses a type that none can be", async () => {
    const sent = started.parse(
      JSON.parse(
        await stage.must(["event", "send", "invoice.made", "--project", "acme", "--data", "-", "--json"], {
          stdin: '{"number": 8}',
        }),
      ),
    );
    const print = await finished(sent.started[0] ?? "");
    expect(print.steps[0]?.result).toEqual([8, null, null, "print", "event", expect.any(String)]);
    const wrong = started.parse(
      JSON.parse(
        await stage.must(["event", "send", "invoice.made", "--project", "acme", "--data", "-", "--json"], {
          stdin: '{"number": "eight"}',
        }),
      ),
    );
    expect(
      (await finished(wrong.started[0] ?? "")).steps[0]?.error?.code ??
        (await stage.show(wrong.started[0] ?? "")).error?.code,
    ).toBe("PARAMETER_INVALID");
    const refused = await stage.sealrun(["run", "acme/print", "-p", "number=1"]);
    expect(refused.stderr).toContain("allow_manual_triggering");
    expect((await stage.sealrun(["event", "send", "a\u0007b", "--project", "acme"])).stderr).toContain(
      "control characters",
    );
  });

  it("sealrun-context event send sends from a shell, and context.scheduler runs the package again with its parameters", async () => {
    await stage.push("acme/shell", {
      "main.sh": `printf '{"number": 9}' | sealrun-context event send invoice.made --source till --data | sealrun-context result\n`,
    });
    const shell = await stage.run("acme/shell");
    expect(shell.steps[0]?.result).toMatch(/^evt_/);
    const [printed] = await runsOf("acme/print");
    expect((await finished(printed?.id ?? "")).steps[0]?.result).toEqual([9, null, null, "print", "event", "till"]);
    await stage.push("acme/again", {
      "main.py": [
        "from ferris_ef import context",
        "if context.execution.trigger['kind'] == 'schedule':",
        "    context.result(context.params['round'])",
        "else:",
        "    context.result(context.scheduler.retry(seconds=1, parameters=dict(context.params, round='canary-of-a-round')))",
      ].join("\n"),
    });
    const first = await stage.run("acme/again");
    expect(first.steps[0]?.result).toMatch(/^sch_/);
    const second = await until(async () => {
      const runs = await runsOf("acme/again");
      return runs.length === 2 ? finished(runs[0]?.id ?? "") : undefined;
    });
    expect(second.steps[0]?.result).toBe("canary-of-a-round");
    expect(second.parameters.sealedNames).toEqual(["round"]);
    expect(await ask(stage.dev, scheduleList, ["GET", "/schedules?project=acme&package=again"])).toEqual({
      schedules: [],
    });
  });
});
