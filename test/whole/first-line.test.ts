import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { type Database, openDatabase, postgresConfig } from "@sealrun/postgres";
import { executionList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, send } from "../support/api.ts";
import { makeGate } from "../support/gate.ts";
import { readEvent } from "../support/live-reader.ts";
import { readBlocks } from "../support/read-events.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/executions-world.ts";

let stage: Stage;
let database: Database;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "team"]);
  const file = await readFile(join(stage.data, "platform", "config.json"), "utf8");
  const { postgres } = z.object({ postgres: postgresConfig }).parse(JSON.parse(file));
  database = await openDatabase({ config: postgres, applicationName: "test" });
});
afterAll(async () => {
  await database.close();
  await stage.close();
});

describe("sealrun run --wait", () => {
  test("sealrun run --wait prints the first line once, which readers get before it is stored", async () => {
    const gate = await makeGate();
    await stage.push("team/early", {
      "early.ts": `await fetch(${JSON.stringify(gate.url)}); console.log("one"); console.log("two");`,
      "manifest.json": { network: "host" },
    });
    const running = stage.sealrun(["run", "team/early", "--wait"]);
    await gate.arrived;
    const list = await ask(stage, executionList, ["GET", "/executions?project=team&package=early"]);
    const id = list.executions[0]?.id ?? "";
    await until(async () => (await stage.show(id)).steps[0]?.status === "running");
    const blocks = readBlocks(await send(stage, "GET", `/executions/${id}/events`));
    const next = async (wanted: string): Promise<string> => {
      for (;;) {
        const { value, done } = await blocks.next();
        if (done === true) return "the end of the stream";
        if (value.startsWith("event:") && readEvent(value).told.startsWith(wanted)) return readEvent(value).told;
      }
    };
    await next("step running");
    // The stream has read all that is stored, and listens soon after.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await database.transaction(async (sql) => {
      await sql.run("select from executions where id = $1 for update", [id]);
      gate.open();
      expect(await next("early")).toBe("early one");
    });
    expect([await next("log"), await next("log")]).toEqual(["log one", "log two"]);
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").filter((line) => line.startsWith("[early.ts]"))).toEqual([
      "[early.ts] one",
      "[early.ts] two",
    ]);
    expect(stderr).not.toContain("shown when it arrived");
    await gate.close();
  });
});
