import { executionList, scheduleList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";

const seconds = 60;

describe("a cron of every second with two platforms", { timeout: 300_000 }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ programs: programs(), platforms: 2, executors: 1, slots: 4, limits: {} });
  });
  afterAll(async () => cluster?.close());

  it("schedule of a manifest.json starts each due time once, though a platform is killed", async () => {
    await cluster.pushScript("tick", "", { schedule: "* * * * * *" });
    const { schedules } = await cluster.ask(scheduleList, ["GET", "/schedules?project=acme&package=tick"]);
    expect(schedules).toMatchObject([{ kind: "manifest", cron: "* * * * * *", timezone: null, isPaused: false }]);
    const database = await cluster.database("main");
    const count = async (): Promise<number> => {
      const row = await database.row(z.object({ n: z.number() }), "select count(*)::int as n from schedule_runs");
      return row?.n ?? 0;
    };
    await until(async () => ((await count()) >= seconds / 3 ? true : undefined));
    const [doomed] = cluster.platforms;
    await doomed?.kill("SIGKILL");
    await until(async () => ((await count()) >= seconds ? true : undefined));
    // A version without a schedule ends it.
    await cluster.pushScript("tick", "");
    expect(await cluster.ask(scheduleList, ["GET", "/schedules"])).toEqual({ schedules: [] });

    const runs = await database.rows(
      z.object({ due_at: z.date(), execution_id: z.string() }),
      "select due_at, execution_id from schedule_runs order by due_at",
    );
    const first = runs[0]?.due_at.getTime() ?? Number.NaN;
    expect(runs.map(({ due_at }) => due_at.getTime())).toEqual(runs.map((_, index) => first + index * 1_000));
    const ends = await cluster.ends(runs.map(({ execution_id }) => execution_id));
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(["succeeded"]));
    expect(ends.map(({ trigger }) => (trigger.kind === "schedule" ? trigger.dueAt : ""))).toEqual(
      runs.map(({ due_at }) => due_at.toISOString()),
    );
    expect(runs.map(({ execution_id }) => cluster.witness.count(execution_id))).toEqual(runs.map(() => 1));
    const { executions } = await cluster.ask(executionList, ["GET", "/executions?package=tick&limit=500"]);
    expect(executions).toHaveLength(runs.length);
  });
});
