import { describe, expect, test } from "vitest";
import { createReportTurns } from "../../../packages/platform/src/reports/report-turns.ts";

interface Chunk {
  readonly name: string;
  readonly report: { readonly items: readonly string[] };
}

const chunk = (name: string, items = 1): Chunk => ({
  name,
  report: { items: Array.from({ length: items }, () => "line") },
});
const all = (offered: readonly Chunk[]) => offered;
const first = (count: number) => (offered: readonly Chunk[]) => offered.slice(0, count);
const namesOf = (taken: readonly { readonly key: string; readonly chunks: readonly Chunk[] }[]) =>
  taken.map(({ key, chunks }) => `${key}: ${chunks.map(({ name }) => name).join(" ")}`);

describe("createReportTurns()", () => {
  test("createReportTurns() gives the chunks of all attempts together, each attempt's in order", () => {
    const turns = createReportTurns<Chunk>(10);
    for (const [key, name] of [
      ["a", "1"],
      ["b", "1"],
      ["a", "2"],
    ] as const)
      turns.add(key, chunk(name));
    expect(namesOf(turns.take("together", all))).toEqual(["a: 1 2", "b: 1"]);
    expect(turns.take("together", all)).toEqual([]);
  });

  test("createReportTurns() keeps an attempt back until its chunks are stored", () => {
    const turns = createReportTurns<Chunk>(10);
    turns.add("a", chunk("1"));
    const taken = turns.take("together", all);
    turns.add("a", chunk("2"));
    turns.add("b", chunk("1"));
    expect(namesOf(turns.take("together", all))).toEqual(["b: 1"]);
    turns.done(taken);
    expect(namesOf(turns.take("together", all))).toEqual(["a: 2"]);
  });

  test("createReportTurns() gives floods in a lane of their own, one attempt at a time, by turns", () => {
    const turns = createReportTurns<Chunk>(10);
    for (const key of ["a", "b"]) for (const name of ["1", "2", "3"]) turns.add(key, chunk(name, 8));
    turns.add("c", chunk("1"));
    expect(namesOf(turns.take("together", all))).toEqual(["c: 1"]);
    const order: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const taken = turns.take("flood", first(1));
      order.push(...namesOf(taken));
      turns.done(taken);
    }
    expect(order).toEqual(["a: 1", "b: 1", "a: 2", "b: 2"]);
    expect(namesOf(turns.take("together", all))).toEqual(["a: 3", "b: 3"]);
  });

  test("createReportTurns() starts with those that were cut off the last time", () => {
    const turns = createReportTurns<Chunk>(10);
    for (const key of ["a", "b", "c"]) turns.add(key, chunk("1"));
    turns.done(turns.take("together", first(2)));
    turns.add("a", chunk("2"));
    expect(namesOf(turns.take("together", all))).toEqual(["c: 1", "a: 2"]);
  });

  test("createReportTurns() gives what is left of a turn first again, alone, until it is stored", () => {
    const turns = createReportTurns<Chunk>(10);
    for (const key of ["a", "b"]) turns.add(key, chunk("1"));
    const taken = turns.take("together", all);
    for (const key of ["a", "b"]) turns.add(key, chunk("2"));
    turns.done(taken, taken.slice(0, 1));
    expect(namesOf(turns.take("together", all))).toEqual(["b: 2"]);
    const alone = turns.take("alone", all);
    expect(namesOf(alone)).toEqual(["a: 1 2"]);
    turns.done(alone);
    turns.add("a", chunk("3"));
    expect(namesOf(turns.take("together", all))).toEqual(["a: 3"]);
  });

  test("createReportTurns() drains what was not taken", () => {
    const turns = createReportTurns<Chunk>(10);
    for (const name of ["1", "2"]) turns.add("a", chunk(name));
    turns.take("together", first(1));
    expect(turns.drain().map(({ name }) => name)).toEqual(["2"]);
    expect(turns.drain()).toEqual([]);
  });
});
