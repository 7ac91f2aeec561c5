import type { LogLine } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLogStore } from "../../../../../packages/web/src/pages/execution/log/log-store.ts";
import {
  createLogView,
  isWanted,
  nextMatch,
  rowOf,
} from "../../../../../packages/web/src/pages/execution/log/log-view.ts";

const all = { streams: [], levels: [], find: "" };
const lines = (texts: readonly string[], first = 1): readonly LogLine[] =>
  texts.map((text, index) => ({
    cursor: String(first + index),
    step: index % 2 === 0 ? "a" : "b",
    stream: index % 3 === 0 ? "stderr" : "sdk",
    level: index % 3 === 0 ? null : "error",
    text,
    time: "2026-01-02T03:04:05Z",
  }));

describe("createLogView()", () => {
  test("createLogView() keeps what every filter leaves", () => {
    const store = createLogStore();
    store.append(lines(["0", "1", "2", "3", "4", "5"]));
    const shown = (filter: object): readonly number[] => {
      const view = createLogView(store, { ...all, ...filter });
      view.update();
      return view.rows;
    };
    expect(shown({})).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shown({ step: "b" })).toEqual([1, 3, 5]);
    expect(shown({ streams: ["stderr"] })).toEqual([0, 3]);
    expect(shown({ levels: ["error"], step: "a" })).toEqual([2, 4]);
  });

  test("createLogView() finds the same whether lines come at once or one by one", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("an Error", "fine", "\u001B[31mer\u001B[0mror")), (texts) => {
        const whole = createLogStore();
        const bitwise = createLogStore();
        whole.append(lines(texts));
        const live = createLogView(bitwise, { ...all, find: "error" });
        for (const one of lines(texts)) {
          bitwise.append([one]);
          live.update();
        }
        const once = createLogView(whole, { ...all, find: "error" });
        once.update();
        expect([live.rows, live.matches]).toEqual([once.rows, once.matches]);
        expect(once.matches).toHaveLength(texts.filter((text) => text !== "fine").length);
      }),
    );
  });

  test("nextMatch() goes around both ends", () => {
    const view = { matches: [4, 7, 9] };
    expect([nextMatch(view, undefined, 1), nextMatch(view, 2, 1), nextMatch(view, 0, -1)]).toEqual([0, 0, 2]);
    expect(nextMatch({ matches: [] }, undefined, 1)).toBeUndefined();
  });

  test("rowOf() finds a line's row, or the next one that is shown", () => {
    expect([rowOf([0, 5, 9], 5), rowOf([0, 5, 9], 6), rowOf([0, 5, 9], 99)]).toEqual([1, 2, 3]);
  });
});

test("isWanted() lets a line that is not stored yet pass the same filters as stored lines", () => {
  const store = createLogStore();
  store.setEarly({ step: "b.sh", stream: "stderr", level: null, text: "early", time: "2026-01-02T03:04:05Z" });
  const early = store.early();
  const passes = (filter: Partial<Parameters<typeof isWanted>[1]>): boolean =>
    early !== undefined && isWanted(early, { streams: [], levels: [], ...filter });
  expect([passes({}), passes({ step: "b.sh" }), passes({ streams: ["stderr"] })]).toEqual([true, true, true]);
  expect([passes({ step: "a.sh" }), passes({ streams: ["sdk"] }), passes({ levels: ["info"] })]).toEqual([
    false,
    false,
    false,
  ]);
});
