import { describe, expect, test } from "vitest";
import {
  assemble,
  ifAnyBit,
  ifAtLeast,
  ifEqual,
  ifGreater,
  load,
  type Program,
  result,
} from "../../../../executor/src/child/seccomp/assemble.ts";
import { runFilter } from "./run-filter.ts";

const allow = 0x7fff0000;
const eperm = 0x00050001;

/** Whether `condition` holds for a call of this number. */
function holds(condition: (body: Program) => Program, call: number): boolean {
  const program = assemble([load(0), condition(result(eperm)), result(allow)].flat());
  return runFilter(program, { call }) === "EPERM";
}

test("assemble() writes code, jumps and value as the kernel's sock_filter, in little-endian order", () => {
  const bytes = assemble([...load(4), ...ifEqual(0xc000003e, result(allow)), ...result(0x80000000)]);
  expect(bytes.toString("hex").match(/.{16}/g)).toEqual([
    "2000000004000000",
    "150000013e0000c0",
    "060000000000ff7f",
    "0600000000000080",
  ]);
});

describe("ifEqual() and the other conditions", () => {
  test("ifEqual() compares all 32 bits", () => {
    const is = (call: number) => holds((body) => ifEqual(0xffffff01, body), call);
    expect([0xffffff01, 0x01, 0xffffff00].map(is)).toEqual([true, false, false]);
  });

  test("ifGreater() and ifAtLeast() compare without a sign", () => {
    const greater = (call: number) => holds((body) => ifGreater(469, body), call);
    const atLeast = (call: number) => holds((body) => ifAtLeast(469, body), call);
    const calls = [0, 468, 469, 470, 0x80000000, 0xffffffff];
    expect(calls.map(greater)).toEqual([false, false, false, true, true, true]);
    expect(calls.map(atLeast)).toEqual([false, false, true, true, true, true]);
  });

  test("ifAnyBit() needs one bit of the mask", () => {
    const any = (call: number) => holds((body) => ifAnyBit(0x80000006, body), call);
    expect([0, 1, 8, 2, 4, 7, 0x80000000].map(any)).toEqual([false, false, false, true, true, true, true]);
  });

  test("ifEqual() may hold other conditions, and goes on behind them when none of them ends the filter", () => {
    const program = assemble(
      [
        load(0),
        ifEqual(1, [load(16), ifEqual(7, result(eperm)), ifEqual(8, result(eperm)), result(allow)].flat()),
        ifEqual(2, load(24)),
        ifEqual(9, result(eperm)),
        result(allow),
      ].flat(),
    );
    const run = (call: number, ...given: readonly number[]) => runFilter(program, { call, arguments: given });
    expect([run(1, 7), run(1, 8), run(1, 6), run(2, 0, 9), run(2, 9, 0), run(3)]).toEqual([
      "EPERM",
      "EPERM",
      "allow",
      "EPERM",
      "allow",
      "allow",
    ]);
  });
});

describe("assemble() and its limits", () => {
  const results = (count: number): Program => Array.from({ length: count }, () => result(allow)).flat();

  test("ifEqual() skips 255 instructions and refuses 256", () => {
    expect(ifEqual(1, results(255))).toHaveLength(256);
    expect(() => ifEqual(1, results(256))).toThrow(RangeError);
  });

  test("assemble() refuses more instructions than the kernel", () => {
    expect(assemble(results(4096))).toHaveLength(4096 * 8);
    expect(() => assemble(results(4097))).toThrow(RangeError);
  });
});
