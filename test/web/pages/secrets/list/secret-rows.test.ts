import { expect, test } from "vitest";
import type { Scope, SecretInfo } from "@sealrun/protocol";
import { buildRows, findRows, sortRows } from "../../../../../packages/web/src/pages/secrets/list/secret-rows.ts";

const info = (name: string, scope: Scope, more: Partial<SecretInfo> = {}): SecretInfo => ({
  name,
  scope,
  version: 1,
  author: "admin",
  source: "set",
  updatedAt: "2026-05-01T10:00:00.000Z",
  lastRead: null,
  ...more,
});
const nothing = { own: [], wider: [], overriding: [], asked: [] };
const shown = (rows: ReturnType<typeof buildRows>): readonly string[] =>
  rows.map(({ kind, name }) => `${kind} ${name}`);

test("buildRows() tells a name that is set from one of a wider scope and one that is missing", () => {
  const rows = buildRows({
    ...nothing,
    own: [info("OWN", "service")],
    wider: [[info("PROJECT", "project")], [info("PLATFORM", "platform")]],
    asked: ["OWN", "PROJECT", "PLATFORM", "GONE"].map((name) => ({ name, by: ["the manifest"] })),
  });
  expect(shown(rows)).toEqual(["missing GONE", "own OWN", "wider PROJECT", "wider PLATFORM"]);
});

test("buildRows() shows a name of two wider scopes once, from the narrower one", () => {
  const rows = buildRows({ ...nothing, wider: [[info("A", "project")], [info("A", "platform")]] });
  expect(rows).toEqual([{ kind: "wider", name: "A", info: info("A", "project") }]);
});

test("buildRows() says what a secret overrides, and in which packages it is overridden", () => {
  const [row] = buildRows({
    ...nothing,
    own: [info("A", "project")],
    wider: [[info("A", "platform", { version: 7 })]],
    overriding: [{ name: "A", count: 2, packages: ["load", "report"] }],
  });
  expect(row).toMatchObject({
    kind: "own",
    overrides: [{ version: 7 }],
    overriddenIn: { count: 2, packages: ["load", "report"] },
  });
});

test("sortRows() keeps missing names first and wider scopes last, and sorts within them", () => {
  const rows = buildRows({
    ...nothing,
    own: [info("b", "service", { version: 2 }), info("A", "service", { version: 9 })],
    wider: [[info("c", "project")]],
    asked: [{ name: "z", by: ["the manifest"] }],
  });
  expect(shown(sortRows(rows, { field: "name", isDescending: false }))).toEqual([
    "missing z",
    "own A",
    "own b",
    "wider c",
  ]);
  expect(shown(sortRows(rows, { field: "version", isDescending: false }))[1]).toBe("own b");
  expect(shown(sortRows(rows, { field: "version", isDescending: true }))[1]).toBe("own A");
});

test("sortRows() treats a secret that was never read as the oldest", () => {
  const read = { version: 1, at: "2026-05-02T10:00:00.000Z" };
  const rows = buildRows({ ...nothing, own: [info("A", "service", { lastRead: read }), info("B", "service")] });
  expect(shown(sortRows(rows, { field: "lastRead", isDescending: false }))).toEqual(["own B", "own A"]);
});

test("findRows() looks in names and authors, whatever the case", () => {
  const rows = buildRows({ ...nothing, own: [info("DB_PASS", "service"), info("B", "service", { author: "db-bot" })] });
  expect(shown(findRows(rows, " db "))).toEqual(["own DB_PASS", "own B"]);
  expect(shown(findRows(rows, "pass"))).toEqual(["own DB_PASS"]);
  expect(findRows(rows, "")).toBe(rows);
});
