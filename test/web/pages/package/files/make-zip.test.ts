import { expect, test } from "vitest";
import { makeZip } from "../../../../../packages/web/src/pages/package/files/make-zip.ts";
import { readZip } from "../../../../../packages/web/src/pages/upload/drop/read-zip.ts";

const files = [
  { path: "a.py", bytes: new TextEncoder().encode("print(1)") },
  { path: "dä/ü.txt", bytes: new TextEncoder().encode("x".repeat(2_000)) },
];

test("makeZip() makes a zip that can be uploaded again", async () => {
  const read = await readZip(await makeZip(files));
  expect(await Promise.all(read.map(async (file) => ({ path: file.path, bytes: await file.read() })))).toEqual(files);
});

test("makeZip() keeps the executable bit", async () => {
  const [plain, program] = files;
  if (plain === undefined || program === undefined) throw new TypeError("Expected two files");
  const read = await readZip(await makeZip([plain, { ...program, executable: true }]));
  expect(read.map(({ executable }) => executable)).toEqual([false, true]);
});

test("makeZip() gives the same bytes for the same files", async () =>
  expect(await makeZip(files)).toEqual(await makeZip(files)));
