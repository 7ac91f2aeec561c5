import { expect, test } from "vitest";
import { createWorkerLog } from "../../../../executor/src/supervisor/workers/worker-log.ts";

function open() {
  const lines: (readonly [object, string])[] = [];
  const write = (fields: object, message: string): void => void lines.push([fields, message]);
  return { lines, log: createWorkerLog({ warn: write, error: write }, 7) };
}

test("createWorkerLog() writes 100 lines of an attempt, and 100 of the next", () => {
  const { lines, log } = open();
  const say = (): void => log.write({ level: "warn", message: "said", fields: { a: 1 } });
  for (let count = 0; count < 150; count += 1) say();
  expect(lines).toEqual(Array.from({ length: 100 }, () => [{ a: 1 }, "said"]));
  log.restart();
  say();
  expect(lines).toHaveLength(101);
});

test("createWorkerLog() keeps only the message of a line with large fields", () => {
  const { lines, log } = open();
  log.write({ level: "error", message: "large", fields: { text: "x".repeat(20_000) } });
  expect(lines).toEqual([[{ worker: 7 }, "large"]]);
});

test("createWorkerLog() refuses more news than any worker has", () => {
  const { log } = open();
  for (let count = 0; count < 10_000; count += 1) log.note();
  expect(() => log.note()).toThrow("A worker said more than any worker says");
});
