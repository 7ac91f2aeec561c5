import { expect, test } from "vitest";
import { lineAsText, logAsText } from "../../../../../packages/web/src/pages/execution/log/log-file.ts";
import { createLogStore } from "../../../../../packages/web/src/pages/execution/log/log-store.ts";

test("lineAsText() says when, which step and how bad, without colours", () => {
  const line = {
    number: 1,
    step: "a.py",
    stream: "sdk",
    level: "error",
    text: "\u001B[31mno\u001B[0m",
    timeMs: 0,
  } as const;
  expect(lineAsText(line)).toBe("1970-01-01T00:00:00.000Z [a.py] ERROR no");
});

test("logAsText() gives every line an end", () => {
  const store = createLogStore();
  const given = { step: null, stream: "stdout", level: null, time: "1970-01-01T00:00:00Z" } as const;
  store.append(["a", "b"].map((text, index) => ({ ...given, text, cursor: String(index + 1) })));
  expect(logAsText(store).join("")).toBe("1970-01-01T00:00:00.000Z a\n1970-01-01T00:00:00.000Z b\n");
});
