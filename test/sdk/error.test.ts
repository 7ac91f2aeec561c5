import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { SealrunError } from "../../packages/sdk/src/error.ts";

describe("SealrunError", () => {
  test("SealrunError is an Error with a code for programs and a sentence for people", () => {
    const error = new SealrunError("SECRET_NOT_FOUND", "There is no such secret");
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual([
      "SealrunError",
      "SECRET_NOT_FOUND",
      "There is no such secret",
    ]);
    expect(String(error)).toBe("SealrunError: There is no such secret");
  });

  test("SealrunError takes a code that this SDK does not know, so that a newer platform can send one", () => {
    expect(new SealrunError("OF_NEXT_YEAR", "").code).toBe("OF_NEXT_YEAR");
  });

  test("SealrunError shows name, sentence and code when a script prints it or does not catch it", () => {
    const shown = inspect(new SealrunError("CHANNEL_BROKEN", "the channel closed"));
    expect(shown).toMatch(/^SealrunError: the channel closed\n/);
    expect(shown).toContain("code: 'CHANNEL_BROKEN'");
  });

  test("SealrunError keeps its cause beside the sentence, and has none without one", () => {
    const cause = new RangeError("of below");
    const error = new SealrunError("CHANNEL_BROKEN", "the channel closed", { cause });
    expect(error.cause).toBe(cause);
    expect(error.message).not.toContain("of below");
    expect("cause" in new SealrunError("CHANNEL_BROKEN", "", {})).toBe(false);
    expect("cause" in new SealrunError("CHANNEL_BROKEN", "")).toBe(false);
  });

  test("SealrunError has the place where it was made in its stack", () => {
    expect(new SealrunError("MALFORMED", "x").stack).toContain("error.test.ts");
  });
});
