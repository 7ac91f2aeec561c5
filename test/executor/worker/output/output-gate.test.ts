import { describe, expect, test } from "vitest";
import { createLinePace, type LinePace } from "../../../../executor/src/worker/output/line-pace.ts";
import { createOutputGate } from "../../../../executor/src/worker/output/output-gate.ts";

function open(options: { readonly pace?: LinePace; readonly maxBytes?: number; readonly signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  const gate = createOutputGate({
    pace: createLinePace(1_000_000),
    signal: new AbortController().signal,
    onCut: async (step, sentence) => void lines.push(`${step}: ${sentence}`),
    ...options,
  });
  const pass = async (text: string): Promise<void> => gate.pass(text, async () => void lines.push(text));
  return { gate, lines, pass };
}

describe("createOutputGate()", () => {
  test("createOutputGate() counts each line's bytes and 64, says once that output is cut, and drops the rest", async () => {
    const { lines, pass, gate } = open({ maxBytes: 3 * 68 });
    gate.restart(3);
    for (const text of ["1234", "a\u00e9b", "5678", "over", ""]) await pass(text);
    const cut = expect.stringMatching(
      /^3: Output is cut here: a step stores at most 204 bytes, and each line counts 64/,
    );
    expect(lines).toEqual(["1234", "a\u00e9b", "5678", cut]);
    gate.restart(3);
    await pass("next try");
    expect(lines.at(-1)).toBe("next try");
  });

  test("createOutputGate() waits for the pace in order, loses nothing, and drops without any wait", async () => {
    const waits: number[] = [];
    const pace: LinePace = { take: () => (waits.push(1), waits.length % 2 === 0 ? 20 : 0) };
    const { lines, pass } = open({ pace, maxBytes: 10 * 65 });
    const expected = Array.from({ length: 10 }, (_, index) => String(index));
    for (const text of [...expected, "over", "the", "limit"]) await pass(text);
    expect(lines.slice(0, 10)).toEqual(expected);
    expect(lines).toHaveLength(11);
    expect(waits).toHaveLength(10);
  });

  test("createOutputGate() ends the wait when the attempt has to end, and passes the line on", async () => {
    const ending = new AbortController();
    let asked = 0;
    const pace: LinePace = { take: () => ((asked += 1), 3_600_000) };
    const { lines, pass } = open({ pace, signal: ending.signal });
    const passing = pass("waits");
    expect(lines).toEqual([]);
    ending.abort();
    await passing;
    await pass("at once");
    expect(lines).toEqual(["waits", "at once"]);
    expect(asked).toBe(1);
  });
});
