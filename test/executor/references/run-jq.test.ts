import { describe, expect, it } from "vitest";
import { runJq } from "../../../executor/src/references/run-jq.ts";

const input = { secrets: { A: "value of A", DB: { user: "app" } } };

describe("runJq()", () => {
  it("gives the one value of a program", async () => {
    expect(await runJq('{"who": .secrets.DB.user, "all": [.secrets.A],}', input)).toEqual({
      who: "app",
      all: ["value of A"],
    });
  });

  it("refuses an integer whose digits jq keeps and JSON does not", async () => {
    await expect(runJq("12345678901234567168", input)).rejects.toMatchObject({ code: "REFERENCE_INVALID" });
    expect(await runJq("1.50", input)).toBe(1.5);
  });

  it.each(["{{", ".secrets.A | error", "empty", ".secrets.A, .secrets.A", '"\\(.secrets.A)" | tonumber'])(
    "refuses %s, without repeating a value",
    async (program) => {
      const refused = runJq(program, input);
      await expect(refused).rejects.toMatchObject({ code: "REFERENCE_INVALID" });
      await expect(refused).rejects.not.toThrow("value of A");
    },
  );

  it("ends a program that never ends by itself", async () => {
    const limits = { timeoutMs: 1_500, maxBytes: 128 * 1024 * 1024 };
    await expect(runJq("[1] | until(false; .)", input, limits)).rejects.toThrow("longer than 1.5 s");
  });

  it("ends a program that wants all memory", async () => {
    const limits = { timeoutMs: 60_000, maxBytes: 32 * 1024 * 1024 };
    await expect(runJq("[limit(100000000; repeat(1))]", input, limits)).rejects.toMatchObject({
      code: "REFERENCE_INVALID",
    });
  });

  it("shows a program nothing of this process, even when it asks", async () => {
    process.env["SEALRUN_TEST_MARK"] = "mark-in-the-environment";
    try {
      expect(JSON.stringify(await runJq("[env, $ENV]", input))).not.toContain("mark-in-the-environment");
      await expect(runJq('import "/etc/passwd" as $p; $p', input)).rejects.toMatchObject({ code: "REFERENCE_INVALID" });
      await expect(runJq("input", input)).rejects.toMatchObject({ code: "REFERENCE_INVALID" });
      expect(await runJq("input_filename", input)).toBe("/dev/stdin");
    } finally {
      delete process.env["SEALRUN_TEST_MARK"];
    }
  });
});
