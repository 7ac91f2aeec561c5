import { describe, expect, test } from "vitest";
import { createLinePace, type LinePace } from "../../../../executor/src/worker/output/line-pace.ts";
import { createOutputGate } from "../../../../executor/src/worker/output/output-gate.ts";

function open(options: { readonly pace?: LinePace; readonly maxBytes?: number; readonly signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  const gate = createOutputGate({
    pace: createLinePace(1_000_000),
    signal: new AbortController().signal,
    ...options,
  });
  const restart = (): void =>
    gate.restart({
      maxBytes: options.maxBytes ?? 10_000,
      onFull: async (bytes) => void lines.push(`full at ${bytes}`),
    });
  restart();
  const pass = async (text: string): Promise<void> =>
    gate.pass(Buffer.byteLength(text), async () => void lines.push(text));
  return { gate, lines, pass, restart };
}

describe("createOutputGate()", () => {
  test("createOutputGate() counts each line's bytes and 64, says once that it is full, and drops the rest", async () => {
    const { lines, pass, restart } = open({ maxBytes: 3 * 68 });
    for (const text of ["1234", "a\u00e9b", "5678", "over", ""]) await pass(text);
    expect(lines).toEqual(["1234", "a\u00e9b", "5678", "full at 272"]);
    restart();
    await pass("next try");
    expect(lines.at(-1)).toBe("next try");
  });

  test("createOutputGate() counts bytes that no line has, and drops lines after them", async () => {
    const { gate, lines, pass } = open({ maxBytes: 1_000 });
    await gate.count(1_000);
    expect(lines).toEqual([]);
    await gate.count(1);
    await gate.count(1);
    await pass("dropped");
    expect(lines).toEqual(["full at 1001"]);
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
