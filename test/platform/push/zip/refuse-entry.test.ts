import { SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { refuseArchive, refuseEntry } from "../../../../packages/platform/src/push/zip/refuse-entry.ts";

describe("refuseEntry()", () => {
  test("refuseEntry() names the path before what is wrong with it", () => {
    const { code, message } = refuseEntry("lib/x.py", "is there twice");
    expect([code, message]).toEqual(["PACKAGE_INVALID", '"lib/x.py": is there twice']);
  });

  test("refuseEntry() escapes what a hostile path has in it, and cuts a long one", () => {
    const { message } = refuseEntry(`a"\n\u202e${"x".repeat(5_000)}`, "is bad");
    expect(message).not.toMatch(/[\n\u202e]/);
    expect(message).toMatch(/^"a\\"/);
    expect(message).toMatch(/: is bad$/);
    expect(message.length).toBeLessThan(300);
  });

  test("refuseEntry() keeps its cause, whose text stays out of the sentence", () => {
    const cause = new RangeError("of below");
    const error = refuseEntry("x", "is bad", cause);
    expect(error.cause).toBe(cause);
    expect(error.message).not.toContain("of below");
  });
});

describe("refuseArchive()", () => {
  test("refuseArchive() gives an error that already is a refusal as it is", () => {
    const refusal = new SealrunError("PACKAGE_INVALID", "");
    expect(refuseArchive("at its end", refusal)).toBe(refusal);
  });

  test("refuseArchive() says the place and the reader's reason, and keeps the reader's error", () => {
    const reason = new Error("Invalid comment length. Expected: 5");
    const error = refuseArchive('in the entry after "a.py"', reason);
    expect(error.code).toBe("PACKAGE_INVALID");
    expect(error.message).toContain('in the entry after "a.py"');
    expect(error.message).toContain(reason.message);
    expect(error.cause).toBe(reason);
  });

  test.each([["canary-of-the-zip"], [{ message: "canary-of-the-zip" }], [undefined]])(
    "refuseArchive() does not repeat what was thrown and is no error: %j",
    (thrown) => {
      const error = refuseArchive("at its end", thrown);
      expect(error.code).toBe("PACKAGE_INVALID");
      expect(error.message).toContain("at its end");
      expect(error.message).not.toMatch(/canary|undefined|\[object/);
    },
  );
});
