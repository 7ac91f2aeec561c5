import type { LogLine } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createLogStore } from "../../../../../packages/web/src/pages/execution/log/log-store.ts";

const line = (cursor: number, text = `line ${cursor}`): LogLine => ({
  cursor: String(cursor),
  step: cursor % 2 === 0 ? "even" : null,
  stream: "stdout",
  level: null,
  text,
  time: "2026-01-02T03:04:05.678Z",
});

describe("createLogStore()", () => {
  test("createLogStore() gives lines back as they came, numbered from 1", () => {
    const store = createLogStore();
    store.append([line(3), line(4)]);
    expect(store.at(1)).toEqual({
      number: 2,
      step: "even",
      stream: "stdout",
      level: null,
      text: "line 4",
      timeMs: Date.parse("2026-01-02T03:04:05.678Z"),
    });
    expect(store.at(2)).toBeUndefined();
    expect(store.lastCursor()).toBe("4");
  });

  test("createLogStore() knows when lines of a step were written, also the one that is not stored yet", () => {
    const store = createLogStore();
    const [first, later] = ["2026-01-02T03:04:05.000Z", "2026-01-02T03:04:09.000Z"];
    expect(store.linesOf("even")).toBeUndefined();
    store.setEarly({ step: "even", stream: "stdout", level: null, text: "early", time: first });
    expect(store.linesOf("even")).toEqual({ firstMs: Date.parse(first), lastMs: Date.parse(first) });
    store.append([
      { ...line(2), time: first },
      { ...line(3), time: later },
      { ...line(4), time: later },
    ]);
    expect(store.linesOf("even")).toEqual({ firstMs: Date.parse(first), lastMs: Date.parse(later) });
    expect(store.linesOf("odd")).toBeUndefined();
  });

  test("createLogStore() stores no line twice, even with cursors of 18 digits", () => {
    const store = createLogStore();
    const long = { ...line(0), cursor: "999999999999999998" };
    store.append([line(9), line(10)]);
    store.append([line(9), line(10), long, { ...long, cursor: "999999999999999999" }, long]);
    expect(store.size()).toBe(4);
  });

  test("createLogStore() calls listeners once a batch, and not for lines it has", () => {
    const store = createLogStore();
    let told = 0;
    const stop = store.subscribe(() => (told += 1));
    store.append([line(1), line(2)]);
    store.append([line(1)]);
    stop();
    store.append([line(3)]);
    expect(told).toBe(1);
  });
});
