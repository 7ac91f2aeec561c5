import { describe, expect, test } from "vitest";
import type { FromWorker } from "../../../../executor/src/between/worker-frames.ts";
import { fromWorker } from "../../../../executor/src/between/worker-frames.ts";
import { logThrough } from "../../../../executor/src/worker/process/log-frames.ts";

function log(): { readonly sent: FromWorker[]; readonly log: ReturnType<typeof logThrough> } {
  const sent: FromWorker[] = [];
  return { sent, log: logThrough({ send: (frame) => void sent.push(fromWorker.parse(frame)) }) };
}

describe("logThrough()", () => {
  test("logThrough() sends a line with its fields, an error with its code and causes", () => {
    const { sent, log: own } = log();
    const cause = Object.assign(new Error("no such file"), { code: "ENOENT" });
    own.warn({ err: new TypeError("cannot read", { cause }), attempt: 2, folder: "/a" }, "A folder is gone");
    expect(sent).toEqual([
      {
        t: "log",
        level: "warn",
        message: "A folder is gone",
        fields: {
          attempt: 2,
          folder: "/a",
          err: {
            type: "TypeError",
            message: "cannot read",
            stack: expect.any(String),
            cause: { type: "Error", message: "no such file", code: "ENOENT", stack: expect.any(String) },
          },
        },
      },
    ]);
  });

  test("logThrough() cuts what is long, and says of an object only that it is one", () => {
    const { sent, log: own } = log();
    own.error({ text: "x".repeat(100_000), object: { secret: "value" } }, "y".repeat(5_000));
    expect(JSON.stringify(sent).length).toBeLessThan(3_000);
    expect(JSON.stringify(sent)).not.toContain("value");
  });
});
