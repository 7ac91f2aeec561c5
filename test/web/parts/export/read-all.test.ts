import { expect, test } from "vitest";
import { readAll } from "../../../../packages/web/src/parts/export/read-all.ts";

const pages = (before: string | undefined) => {
  const from = Number(before ?? "0");
  return Promise.resolve({ rows: [from, from + 1], next: from >= 4 ? null : String(from + 2) });
};

test("readAll() reads to the end, and says that nothing is left", async () => {
  expect(await readAll(pages, 100)).toEqual({ rows: [0, 1, 2, 3, 4, 5], isCut: false });
});

test("readAll() ends at its limit, and says whether rows are left", async () => {
  expect(await readAll(pages, 3)).toEqual({ rows: [0, 1, 2], isCut: true });
  expect(await readAll(pages, 6)).toEqual({ rows: [0, 1, 2, 3, 4, 5], isCut: false });
});
