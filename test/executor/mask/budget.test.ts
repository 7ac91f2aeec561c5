import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type JsonValue, limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { splitNeedlesOf } from "../../../executor/src/mask/forms/needles.ts";
import { createMasker } from "../../../executor/src/mask/masker.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { maskerOf } from "./support.ts";

const mebi = 1024 * 1024;
const random = seededRandom(6);
const alphabet = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789-_/é");
const valueOf = (length: number) => Array.from({ length }, () => random.pick(alphabet)).join("");
const hex = (value: string) => Buffer.from(value).toString("hex");

setFlagsFromString("--expose-gc");
const collectGarbage = (): void => {
  for (let time = 0; time < 3; time += 1) runInNewContext("gc()");
};
const heldBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

test("add() of 1,000 values counts the memory they take, also when every form was in the output, and it is enough", () => {
  let full = 0;
  const before = heldBytes();
  const values = Array.from({ length: 1000 }, () => valueOf(40));
  const masker = createMasker({ onFull: () => (full += 1) });
  for (const value of values) masker.add(value);
  const added = { counted: masker.use().bytes, held: heldBytes() - before };
  for (const value of values) masker.maskText(startsOf(value));
  const opened = { counted: masker.use().bytes, held: heldBytes() - before };
  expect(opened.counted).toBeGreaterThan(2 * added.counted);
  expect(opened.counted).toBeLessThan(limits.maskBytes);
  expect(full).toBe(0);
  for (const { counted, held } of [added, opened]) expect(held).toBeLessThan(counted + 4 * mebi);
});

test("add() takes values only as they are when encodings no longer fit, and says so once", () => {
  const said = { full: 0 };
  const maxBytes = 2 * mebi;
  const masker = createMasker({ maxBytes, onFull: () => (said.full += 1) });
  const values: string[] = [];
  for (let count = 0; count < 1000 && said.full === 0; count += 1) {
    values.push(valueOf(40));
    masker.add(values.at(-1) ?? "");
  }
  const [first = ""] = values;
  const last = values.at(-1) ?? "";
  expect(values.length).toBeGreaterThan(20);
  expect(masker.maskText(`${first} ${hex(first)} ${last}`)).toBe("*** *** ***");
  expect(masker.maskText(hex(last))).toBe(hex(last));
  masker.add({ host: "one.example.org", lines: "first line\nsecond line", port: 654_321 });
  expect(masker.maskText("one.example.org, first line, second line, 654321")).toBe("***, ***, ***, ***");
  expect(said.full).toBe(1);
  expect(masker.use().bytes).toBeLessThanOrEqual(maxBytes);
});

test("add() refuses a value that does not fit as it is, takes nothing of it, and still takes a smaller one", () => {
  const maxBytes = 2 * mebi;
  const masker = createMasker({ maxBytes });
  masker.add("a value from before");
  const many = Array.from({ length: 60_000 }, (_, index) => `leaf number ${index}`);
  const before = masker.use().bytes;
  expect(() => {
    masker.add(many);
  }).toThrow(expect.objectContaining({ code: "TOO_MUCH_TO_MASK" }));
  expect(masker.use().bytes).toBe(before);
  expect(masker.maskText("leaf number 7")).toBe("leaf number 7");
  masker.add("a small value");
  expect(masker.maskText("a value from before, a small value")).toBe("***, ***");
});

test("add() in a loop never takes more memory than it may, whatever the values are", () => {
  const maxBytes = 4 * mebi;
  const kinds: readonly (() => JsonValue)[] = [
    () => valueOf(2000),
    () => `-----BEGIN KEY-----\n${valueOf(64)}\n${valueOf(64)}\n`,
    () => Array.from({ length: 200 }, () => valueOf(9)),
    () => "x".repeat(random.whole(100_000)),
  ];
  for (const kind of kinds) {
    const masker = createMasker({ maxBytes });
    let refused = 0;
    for (let time = 0; time < 500 && refused < 3; time += 1) {
      const value = kind();
      try {
        masker.add(value);
      } catch {
        refused += 1;
      }
      masker.maskText(JSON.stringify(value));
      expect(masker.use().bytes).toBeLessThanOrEqual(maxBytes);
    }
  }
});

test("maskText() hides the rest of a line that there is no memory to follow, and makes no form that does not fit", () => {
  let full = 0;
  const value = valueOf(200_000);
  const masker = createMasker({ maxBytes: 1.25 * mebi, onFull: () => (full += 1) });
  masker.add(value);
  // Following this value takes 1.2 MiB.
  expect(masker.maskText(`a ${value} b\nnext line`)).toBe("a ***\nnext line");
  expect(masker.maskText(hex(value))).toBe(hex(value));
  expect(full).toBe(1);
});

test("maskStart() gives the first characters of what maskText() gives", async () => {
  const masker = maskerOf("correct horse", "é€漢😀é€漢😀");
  const parts = ["correct horse", "é€漢😀é€漢😀", "plain ", "€", "😀", "\ud800", "correct "];
  for (let round = 0; round < 200; round += 1) {
    const text = Array.from({ length: random.whole(40) }, () => random.pick(parts)).join("");
    const length = random.whole(60);
    expect(await masker.maskStart(text, length)).toBe(masker.maskText(text).slice(0, length));
  }
  for (const unit of ["plain text ", "correct horse", "€", "correct horse "]) {
    const text = unit.repeat(30_000);
    expect(await masker.maskStart(text, 65_536)).toBe(masker.maskText(text).slice(0, 65_536));
  }
});

test("maskStart() lets other work run while it reads a long text", async () => {
  const masker = maskerOf("a".repeat(100));
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  expect(await masker.maskStart("a".repeat(4 * mebi), 65_536)).toBe("***");
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

/** What makes every rare form of a value. */
function startsOf(value: string): string {
  return Buffer.concat(splitNeedlesOf(value).later.flatMap(({ starts }) => starts)).toString("latin1");
}
