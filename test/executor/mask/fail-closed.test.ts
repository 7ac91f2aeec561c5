import { expect, test } from "vitest";
import { maskerOf } from "./support.ts";

function brokenChunk(text: string): Uint8Array {
  return Object.defineProperty(Buffer.from(text), "length", {
    get: () => {
      throw new TypeError("broken on purpose");
    },
  });
}

test("failClosed() withholds the held bytes, the chunk that failed and all that follows", () => {
  const stream = maskerOf("correct horse").stream();
  stream.write(Buffer.from("corr"));
  expect(Buffer.from(stream.write(brokenChunk("correct horse"))).toString()).toBe(
    "[masking failed, 17 bytes withheld]",
  );
  expect(Buffer.from(stream.write(Buffer.from("horse"))).toString()).toBe("[masking failed, 5 bytes withheld]");
  expect(stream.flush().length).toBe(0);
  expect(stream.end().length).toBe(0);
});
