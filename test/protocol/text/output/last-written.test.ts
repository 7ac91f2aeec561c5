import { expect, test } from "vitest";
import { lastWritten } from "../../../../packages/protocol/src/text/output/last-written.ts";

test("lastWritten() keeps what a terminal still shows after carriage returns", () => {
  expect(lastWritten("progress 10%\rprogress 50%\r")).toBe("progress 50%");
  expect(lastWritten("windows line\r")).toBe("windows line");
  expect(lastWritten("one\r\r\r")).toBe("one");
  expect(lastWritten("one\rtwo")).toBe("two");
  expect(lastWritten("no return")).toBe("no return");
  expect(lastWritten("\r\r")).toBe("");
});

test("lastWritten() takes time in proportion to a hostile line", () => {
  expect(lastWritten(`${"\r".repeat(1_000_000)}x`)).toBe("x");
});
