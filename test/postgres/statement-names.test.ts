import { expect, test } from "vitest";
import { createStatementNames } from "../../packages/postgres/src/statement-names.ts";

const third = (text: string, { nameOf } = createStatementNames()) => [nameOf(text), nameOf(text), nameOf(text)][2];

test("createStatementNames() names a statement that comes again and again, and always the same", () => {
  const names = createStatementNames();
  const name = third("select 1", names);
  expect(name).toBeDefined();
  expect(names.nameOf("select 1")).toBe(name);
  expect(third("select 2", names)).not.toBe(name);
});

test("createStatementNames() names no begin, no two statements in one text, and nothing very long", () => {
  for (const text of ["begin", "select 1; select 2", `select '${"x".repeat(9_000)}'`]) {
    expect(third(text)).toBeUndefined();
  }
});

test("createStatementNames() stops at as many names as a connection may keep", () => {
  const names = createStatementNames();
  const made = Array.from({ length: 400 }, (_, index) => third(`select ${index}`, names));
  expect(new Set(made.filter((name) => name !== undefined)).size).toBe(300);
});

test("createStatementNames() uses no earlier name after a renewal", () => {
  const names = createStatementNames();
  const before = third("select 1", names);
  names.renew();
  expect([undefined, before]).not.toContain(third("select 1", names));
});
