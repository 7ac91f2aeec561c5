import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));

test.each(["packages/platform/sql", "packages/keyring/sql"])("%s numbers its files without a hole", (folder) => {
  const files = globSync("*.sql", { cwd: `${repository}/${folder}` }).toSorted();
  const expected = files.map((_, index) => `${String(index + 1).padStart(3, "0")}.do.`);
  expect(files.map((file) => file.slice(0, 7))).toEqual(expected);
  const names = files.map((file) => file.slice(7));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
