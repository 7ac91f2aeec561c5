import { describe, expect, it } from "vitest";
import { runNode } from "../support/node-script.ts";
import type { PeerHandler } from "../support/script-peer.ts";

const answer: PeerHandler = ({ op }) =>
  op === "event.send" ? { reply: { ok: true, value: "evt_1" } } : { reply: { ok: true } };

describe("context.events.send()", () => {
  it("takes options or Ferris's positions, and gives the event's id", async () => {
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      console.log(context.events.send("a"), context.events.send("a", { source: "s", data: { n: 1 }, referenceId: "r" }));
      context.events.send("a", "s", { n: 2 }, "a topic", "r");
      context.events.send("a", null, null);`,
      answer,
    );
    expect(run.stdout.toString()).toBe("evt_1 evt_1\n");
    expect(run.requests.map(({ id: _id, ...request }) => request)).toEqual([
      { op: "event.send", type: "a", value: {} },
      { op: "event.send", type: "a", source: "s", referenceId: "r", value: { n: 1 } },
      { op: "event.send", type: "a", source: "s", referenceId: "r", value: { n: 2 } },
      { op: "event.send", type: "a", value: {} },
    ]);
  });

  it("throws for what is no event, and sends nothing", async () => {
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      for (const given of [[7], ["a", { refId: "r" }], ["a", { data: [1] }], ["a", { data: { f() {} } }], ["a", 7]]) {
        try { context.events.send(...given); } catch (error) { console.log(error.code, error.message); }
      }`,
      answer,
    );
    const lines = run.stdout.toString().trim().split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/^MALFORMED sealrun: .*nothing was sent$/);
    expect(lines[1]).toContain("known are source, data, referenceId");
    expect(run.requests).toEqual([]);
  });
});
