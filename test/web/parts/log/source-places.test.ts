import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findPlaces } from "../../../../packages/web/src/parts/log/source-places.ts";
import { runDoubled } from "../../../support/run-doubled.ts";

const files = new Set(["main.ts", "lib/x.ts", "a.py", "with space.py", "work/lib/x.ts"]);

test.each([
  ["    at boom (/work/lib/x.ts:4:9)", "/work/lib/x.ts:4:9", "lib/x.ts", 4],
  ["    at file:///work/main.ts:7:1", "///work/main.ts:7:1", "main.ts", 7],
  ["lib/x.ts:4:9 - error TS2322", "lib/x.ts:4:9", "lib/x.ts", 4],
  ["./lib/x.ts:12", "./lib/x.ts:12", "lib/x.ts", 12],
  ['  File "/work/a.py", line 3, in <module>', 'File "/work/a.py", line 3', "a.py", 3],
  ['  File "/work/with space.py", line 10', 'File "/work/with space.py", line 10', "with space.py", 10],
  ["a.py:3: DeprecationWarning", "a.py:3", "a.py", 3],
  ["/work/work/lib/x.ts:1", "/work/work/lib/x.ts:1", "work/lib/x.ts", 1],
])("findPlaces() finds the place in %s", (text, written, path, line) => {
  const [place, ...more] = findPlaces(text, files);
  expect(more).toEqual([]);
  expect(place).toMatchObject({ path, line });
  expect(text.slice(place?.from, place?.to)).toBe(written);
});

test.each([
  "/etc/lib/x.ts:4",
  "/usr/main.ts:4",
  "https://example.org/main.ts:4",
  "other.ts:4",
  "main.ts:0",
  "main.ts:4a",
  "main.ts:12345678",
  "xmain.ts:4",
  "../main.ts:4",
  'File "/work/gone.py", line 3',
  "javascript:alert(1)",
])("findPlaces() finds none in %s", (text) => expect(findPlaces(text, files)).toEqual([]));

test("findPlaces() gives places in order that do not overlap, for any text", () => {
  const piece = fc.constantFrom("main.ts", ":4", ":", "/work/", 'File "', '"', ", line 3", " ", "a.py", "x", "(", "9");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      let done = 0;
      for (const { from, to, path } of findPlaces(text, files)) {
        expect(from).toBeGreaterThanOrEqual(done);
        expect(to).toBeGreaterThan(from);
        expect(files.has(path)).toBe(true);
        done = to;
      }
    }),
  );
});

test("findPlaces() takes time in proportion to a line made to be slow", async () => {
  const call = `
    for (const piece of ["a/", ":1", 'File "', "a", "x:1:"]) read.findPlaces(piece.repeat(size / 4), new Set(["a"]));`;
  expect(await runDoubled("packages/web/src/parts/log/source-places.ts", call)).toEqual([]);
});
