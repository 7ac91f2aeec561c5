import { expect, test } from "vitest";
import { freeNames, readFree } from "../../../../packages/web/src/pages/run/free-values.ts";

const formOf = (rows: readonly (readonly [string, string])[]): FormData => {
  const form = new FormData();
  for (const [name, value] of rows) {
    form.append(freeNames.name, name);
    form.append(freeNames.value, value);
  }
  return form;
};

test("readFree() pairs names with values and leaves empty rows out", () => {
  const { params, problems } = readFree(
    formOf([
      [" a ", "1"],
      ["", ""],
      ["b", ""],
    ]),
  );
  expect(params).toEqual({ a: "1", b: "" });
  expect(problems.size).toBe(0);
});

test("readFree() asks for a different name for each value", () => {
  expect(readFree(formOf([["", "lost"]])).problems.size).toBe(1);
  expect(
    readFree(
      formOf([
        ["a", "1"],
        ["a", "2"],
      ]),
    ).problems.size,
  ).toBe(1);
});
