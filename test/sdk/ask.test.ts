import { describe, expect, it } from "vitest";
import { runNode } from "../support/node-script.ts";
import { answerFrom } from "../support/script-peer.ts";

describe("ask()", () => {
  it("throws a refusal and a broken value with their codes", async () => {
    const run = await runNode(
      `import { context, SealrunError } from "@sealrun/sdk";
      for (const attempt of [() => context.secrets.get("BROKEN"), () => context.secrets.set("A", 1, "service"), () => context.secrets.set("A", 1)]) {
        try { attempt(); } catch (error) { console.log(error instanceof SealrunError, error.code); }
      }`,
      answerFrom({}),
    );
    expect(run.stdout.toString()).toBe("true TAMPERED\ntrue SCOPE_NOT_WRITABLE\ntrue MALFORMED\n");
  });
});
