import { describe, expect, it } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

describe("context.state", () => {
  it("puts one key at a time", async () => {
    const state: Record<string, JsonValue> = { old: 1 };
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      context.state.put("new", { a: 2 });
      console.log(JSON.stringify([context.state.get(), context.state.get("new"), context.state.get("none")]));`,
      answerFrom({ state }),
    );
    expect(JSON.parse(run.stdout.toString())).toEqual([{ old: 1, new: { a: 2 } }, { a: 2 }, null]);
  });
});
