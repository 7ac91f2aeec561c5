import { describe, expect, it } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

const awkward = "a'b\"c $HOME `x` \\n \t\r\n ✓ 🦀 %s\0\n\n";

describe("context.secrets", () => {
  it("gives every value as it is, with await or without", async () => {
    const values = { A: awkward, B: "", C: 0, D: false, E: null, F: { a: [1.5, "é"] }, G: "🦀x".repeat(200_000) };
    const run = await runNode(
      `import { context, getSecret } from "@sealrun/sdk";
      const all = {};
      for (const name of "ABCDEFG") all[name] = await context.secrets.get(name);
      console.log(JSON.stringify([all, getSecret("NONE"), getSecret("A") === all.A]));`,
      answerFrom({ secrets: values }),
    );
    expect(JSON.parse(run.stdout.toString())).toEqual([values, null, true]);
  });

  it("sets every value as it is, positional and named, and reads it back", async () => {
    const secrets: Record<string, JsonValue> = {};
    const values = [awkward, "", 0, null, [true], { a: {} }, "x".repeat(1_048_576)];
    const run = await runNode(
      `import { context } from "@sealrun/sdk";
      const values = JSON.parse(${JSON.stringify(JSON.stringify(values))});
      values.forEach((value, n) => context.secrets.set("S" + n, value, "project"));
      const outcome = context.secrets.set({ name: "T", value: 1, context: "platform" });
      console.log(JSON.stringify(outcome), values.every((value, n) => JSON.stringify(context.secrets.get("S" + n)) === JSON.stringify(value)));`,
      answerFrom({ secrets }),
    );
    expect(run.stdout.toString()).toBe('{"scope":"platform","version":1} true\n');
    expect(Object.values(secrets)).toEqual([...values, 1]);
  });
});
