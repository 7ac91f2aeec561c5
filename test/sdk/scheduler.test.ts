import { describe, expect, it } from "vitest";
import { runNode } from "../support/node-script.ts";
import type { PeerHandler } from "../support/script-peer.ts";

const answer: PeerHandler = ({ op }) =>
  op === "schedule" ? { reply: { ok: true, value: "sch_1" } } : { reply: { ok: true } };

describe("context.scheduler.schedule()", () => {
  it("adds a delay up, or sends cron text; retry is the same", async () => {
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      console.log(context.scheduler.schedule({ seconds: 1.5, minutes: 2, hours: 3, days: 4, parameters: { n: 1 } }));
      context.scheduler.retry({ cron: "0 7 * * *", timezone: "Europe/Zurich" });
      context.retry({ minutes: 1 });`,
      answer,
    );
    expect(run.stdout.toString()).toBe("sch_1\n");
    expect(run.requests.map(({ id: _id, ...request }) => request)).toEqual([
      { op: "schedule", delayMs: 1_500 + 2 * 60_000 + 3 * 3_600_000 + 4 * 86_400_000, value: { n: 1 } },
      { op: "schedule", cron: "0 7 * * *", timezone: "Europe/Zurich", value: {} },
      { op: "schedule", delayMs: 60_000, value: {} },
    ]);
  });

  it("throws for an option that there is not, and for what is no number", async () => {
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      for (const given of [{ minute: 1 }, { minutes: "1" }, { seconds: -1 }, { hours: NaN }, { parameters: 7 }]) {
        try { context.scheduler.schedule(given); } catch (error) { console.log(error.code); }
      }`,
      answer,
    );
    expect(run.stdout.toString()).toBe("MALFORMED\n".repeat(5));
    expect(run.requests).toEqual([]);
  });
});
