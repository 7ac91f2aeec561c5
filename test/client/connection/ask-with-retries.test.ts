import { type ErrorCode, SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { askWithRetries } from "../../../packages/client/src/connection/ask-with-retries.ts";
import type { Ask } from "../../../packages/client/src/connection/request.ts";

const call = { method: "POST", path: "/x" } as const;

/** Fails with these codes first; then answers. */
function askFailing(...codes: readonly ErrorCode[]): { readonly ask: Ask; readonly count: () => number } {
  let count = 0;
  const ask: Ask = async (schema) => {
    const code = codes[count];
    count += 1;
    if (code !== undefined) throw new SealrunError(code, "");
    return schema.parse("answer");
  };
  return { ask, count: () => count };
}

describe("askWithRetries()", () => {
  test("askWithRetries() asks again when no answer came", async () => {
    const { ask, count } = askFailing("PLATFORM_UNREACHABLE");
    expect(await askWithRetries(ask, z.string(), call)).toBe("answer");
    expect(count()).toBe(2);
  });

  test("askWithRetries() takes a refusal as the answer", async () => {
    const { ask, count } = askFailing("ARCHIVED");
    await expect(askWithRetries(ask, z.string(), call)).rejects.toMatchObject({ code: "ARCHIVED" });
    expect(count()).toBe(1);
  });
});
