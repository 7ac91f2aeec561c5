import type { LogLine } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { findErrorLines } from "../../../../../packages/web/src/pages/execution/failure/error-lines.ts";
import { createLogStore, type LogStore } from "../../../../../packages/web/src/pages/execution/log/log-store.ts";

type Given = Partial<Pick<LogLine, "step" | "stream" | "level">> & { readonly text: string };

function storeOf(lines: readonly Given[]): LogStore {
  const store = createLogStore();
  const time = "2026-01-02T03:04:05Z";
  const usual = { step: "sync.py", stream: "stdout", level: null } as const;
  store.append(lines.map((line, index) => ({ ...usual, ...line, cursor: String(index + 1), time })));
  return store;
}

const texts = (lines: readonly Given[], step = "sync.py"): readonly string[] =>
  findErrorLines(storeOf(lines), step).map(({ text }) => text);
const stderr = (text: string): Given => ({ text, stream: "stderr" });

test("findErrorLines() gives Python's last frame and its error", () => {
  const lines = [
    { text: "page 5" },
    stderr("Traceback (most recent call last):"),
    stderr('  File "/work/sync.py", line 6, in <module>'),
    stderr("    main()"),
    stderr('  File "/work/sync.py", line 3, in main'),
    stderr("    raise ConnectionError(reason)"),
    stderr("    ~~~~~^^^^^^^^"),
    stderr("ConnectionError: crm: the certificate has expired"),
  ];
  expect(texts(lines)).toEqual([
    '  File "/work/sync.py", line 3, in main',
    "    raise ConnectionError(reason)",
    "ConnectionError: crm: the certificate has expired",
  ]);
});

test("findErrorLines() gives Node's error with its first frames, without the carets", () => {
  const frames = Array.from({ length: 12 }, (_, frame) => stderr(`    at step${frame} (/work/main.ts:${frame + 1}:9)`));
  const lines = [
    stderr("/work/main.ts:6"),
    stderr('  throw new Error("boom");'),
    stderr("  ^"),
    stderr(""),
    stderr("Error: boom"),
    ...frames,
    stderr("Node.js v24.21.0"),
  ];
  expect(texts(lines)).toEqual([
    "/work/main.ts:6",
    '  throw new Error("boom");',
    "Error: boom",
    "    at step0 (/work/main.ts:1:9)",
    "    at step1 (/work/main.ts:2:9)",
  ]);
});

test("findErrorLines() gives logged errors, and the end of the output of a step that wrote no error", () => {
  expect(texts([{ text: "one" }, { text: "bad row", level: "error", stream: "sdk" }, { text: "two" }])).toEqual([
    "bad row",
  ]);
  expect(texts(["one", "two", "three", "four"].map((text) => ({ text })))).toEqual(["two", "three", "four"]);
  expect(texts([])).toEqual([]);
});

test("findErrorLines() leaves lines of other steps, and numbers lines as the log does", () => {
  const lines = [stderr("a"), { text: "Error: other", step: "other.sh", stream: "stderr" } as const];
  expect(texts(lines)).toEqual(["a"]);
  expect(findErrorLines(storeOf(lines), "other.sh").map(({ number }) => number)).toEqual([2]);
});
