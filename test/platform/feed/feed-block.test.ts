import { zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allKinds,
  type FeedEntry,
  kindBit,
  lineKinds,
  maxBodyBytes,
  outputKinds,
  packBlocks,
  readRowEntry,
  stepBit,
  unpackBlock,
} from "../../../packages/platform/src/feed/feed-block.ts";

const line = (text: string, more: { step?: number | null; ms?: number } = {}): FeedEntry => {
  const { step = 0, ms = 1_790_000_000_000 } = more;
  const body = { step: step === null ? null : `step ${step}`, level: null, text, time: new Date(ms).toISOString() };
  return { kind: "log", step, stream: "stdout", body };
};
const ended = { script: "a.sh", name: "a", status: "failed", exitCode: 2 } as const;
const step: FeedEntry = { kind: "step", step: 3, body: { ...ended, durationMs: 0.5 } };
const slow: FeedEntry = { kind: "step", step: 3, body: { ...ended, durationMs: 2 ** 53 + 2 } };
const status: FeedEntry = { kind: "status", body: { status: "running" } };

const anyEntry: fc.Arbitrary<FeedEntry> = fc.oneof(
  fc.constantFrom(step, status),
  fc
    .record({
      step: fc.option(fc.nat({ max: 999 })),
      stream: fc.constantFrom("stdout", "stderr", "sdk", "system"),
      level: fc.option(fc.string()),
      text: fc.oneof(fc.string({ unit: "binary" }), fc.string({ minLength: 3_000, maxLength: 9_000 })),
      ms: fc.integer({ min: -8e12, max: 8e12 }),
    })
    .map(({ stream, level, text, ms, step: at }) => {
      const name = at === null ? null : `step ${at}`;
      const body = { step: name, level, text, time: new Date(ms).toISOString() };
      return { kind: "log", step: at, stream, body } as const;
    }),
);

const unpack = (blocks: ReturnType<typeof packBlocks>): readonly FeedEntry[] =>
  blocks.flatMap(({ body, count }) => {
    const read = unpackBlock(body, count);
    if (read.kind === "damaged") throw new TypeError(read.reason);
    return read.entries;
  });

describe("packBlocks()", () => {
  test("packBlocks() keeps every entry of any text, time, step and level, and their order", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 40 }), (entries) => {
        expect(unpack(packBlocks(entries, { mayGrow: true }))).toEqual(entries);
      }),
    );
  });

  test("packBlocks() keeps NUL, half a surrogate pair and a number that has no exact integer", () => {
    const entries: FeedEntry[] = [line('NUL \0, quote ", half \ud83d, back \\'), slow];
    expect(unpack(packBlocks(entries, { mayGrow: true }))).toEqual(entries);
  });

  test("packBlocks() fills blocks up to 32 KiB, and gives a larger line one of its own", () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => line(`${index} ${"x".repeat(95)}`));
    const blocks = packBlocks([...lines, line("\0".repeat(131_072)), ...lines], { mayGrow: false });
    const sizes = blocks.map(({ body, count }) => {
      const read = unpackBlock(body, count);
      return read.kind === "entries" ? Buffer.byteLength(JSON.stringify(read.entries)) : -1;
    });
    expect(blocks.map(({ count }) => count).filter((count) => count === 1)).toEqual([1]);
    expect(sizes.filter((size) => size < 0)).toEqual([]);
    expect(blocks.length).toBe(9);
    expect(unpack(blocks)).toHaveLength(2_001);
  });

  test("packBlocks() marks what a block has, so that filters pass over others", () => {
    const [block] = packBlocks([status, step, line("a", { step: 0 }), line("b", { step: 99 })], { mayGrow: true });
    expect(block).toMatchObject({
      count: 4,
      isLive: true,
      kinds: 1 + 2 + 4,
      steps: (1n << 0n) | (1n << 3n) | (1n << 62n),
    });
    expect(packBlocks([line("x".repeat(25_000))], { mayGrow: true })[0]?.isLive).toBe(false);
    expect(packBlocks([status], { mayGrow: false })[0]?.isLive).toBe(false);
    expect(packBlocks([], { mayGrow: true })).toEqual([]);
  });

  test("packBlocks() stores a line of a realistic log in at most 25 bytes, and of random text in at most its own", () => {
    const words = "request user order payment shipped timeout connection accepted from database row cache miss".split(
      " ",
    );
    const random = fc.sample(fc.integer({ min: 0, max: 1e5 }), { numRuns: 40_000, seed: 7 });
    let at = 0;
    const pick = (): number => random[(at += 1) % random.length] ?? 0;
    const realistic = Array.from({ length: 2_000 }, (_, index) => {
      let text = `${new Date(1_790_000_000_000 + index * 7).toISOString()} INFO `;
      while (text.length < 80) text += `${words[pick() % words.length]}${pick() % 3 === 0 ? `=${pick()}` : ""} `;
      return line(text.slice(0, 80), { ms: 1_790_000_000_000 + index * 7 });
    });
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const noise = Array.from({ length: 2_000 }, () =>
      line(Array.from({ length: 80 }, () => alphabet[pick() % 64]).join("")),
    );
    const perLine = (entries: readonly FeedEntry[]): number =>
      packBlocks(entries, { mayGrow: false }).reduce((sum, { body }) => sum + body.length, 0) / entries.length;
    expect(perLine(realistic)).toBeLessThan(25);
    expect(perLine(noise)).toBeLessThan(80);
  });
});

describe("unpackBlock()", () => {
  const [packed] = packBlocks(
    Array.from({ length: 100 }, (_, index) => line(`line ${index}`)),
    { mayGrow: false },
  );
  const body = packed?.body ?? new Uint8Array();

  test("unpackBlock() never throws, whatever bytes are changed or cut off", () => {
    fc.assert(
      fc.property(fc.nat({ max: body.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(body, (byte, index) => (index === at ? byte ^ flip : byte));
        expect(["entries", "damaged"]).toContain(unpackBlock(changed, 100).kind);
        expect(unpackBlock(body.subarray(0, at), 100)).toMatchObject({ kind: "damaged", reason: expect.any(String) });
      }),
    );
  });

  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "cannot be unpacked"],
    ["more than the maximum", zstdCompressSync(Buffer.alloc(maxBodyBytes + 1, "[")), "unpacks to more than 1 MiB"],
    ["another count", body, "expected 7 entries, found 100"],
    ["no JSON", Buffer.from("[,"), "Expected JSON"],
    ["another form", Buffer.from('[[],["line"]]'), "at [1]"],
    ["a time that does not exist", Buffer.from('[[],[9e15,0,"stdout",null,"x"]]'), "wrong time"],
    ["no UTF-8", Buffer.concat([Buffer.from('[[],"'), Buffer.from([0xff]), Buffer.from('"]')]), "cannot be unpacked"],
  ])("unpackBlock() says why %s is damaged", (_what, bytes, reason) => {
    const count = reason.includes("7") ? 7 : 1;
    expect(unpackBlock(bytes, count)).toEqual({ kind: "damaged", reason: expect.stringContaining(reason) });
  });
});

test("readRowEntry() reads an entry from before there were blocks, and refuses another form", () => {
  const body = { step: "main.sh", text: "hello", time: "2026-01-01T00:00:00.000Z" };
  const read = readRowEntry({ kind: "log", step: 0, stream: "stderr", body });
  const entry = { kind: "log", step: 0, stream: "stderr", body: { ...body, level: null } };
  expect(read).toEqual({ kind: "entries", entries: [entry] });
  expect(readRowEntry({ kind: "log", step: 0, stream: "screen", body }).kind).toBe("damaged");
});

test("stepBit() and kindBit() fit the columns", () => {
  expect(stepBit(61)).toBe(1n << 61n);
  expect(stepBit(62)).toBe(stepBit(999));
  expect(stepBit(999)).toBeLessThan(2n ** 63n);
  expect(kindBit(status) | kindBit(step) | lineKinds).toBe(allKinds);
  expect(outputKinds & kindBit(line("x"))).toBe(kindBit(line("x")));
});
