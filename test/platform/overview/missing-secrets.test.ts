import { lookupOrder, secretName } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { findMissing, isOptionalIn, listAsked } from "../../../packages/platform/src/overview/missing-secrets.ts";

const none = { manifest: {}, config: {}, parameters: null, steps: [] };
const step = (name: string, more: object = {}) => ({ script: name, name, env: {}, ...more });

describe("listAsked()", () => {
  test("listAsked() finds references in config, defaults, env and input, with their place", () => {
    const asked = listAsked(
      {
        ...none,
        config: { db: { url: 'x{{ secret("DB_URL") }}' } },
        parameters: { fields: [{ type: "text", name: "who", default: '{{ secret("WHO") }}' }] },
        steps: [step("main.sh", { env: { KEY: '{{ secret("KEY") }}' }, input: { at: '{{ secret("AT") }}' } })],
      },
      "acme",
    );
    expect(asked.map(({ names, where }) => [...names, where])).toEqual([
      ["DB_URL", "config.json: db.url"],
      ["WHO", 'parameters.json: default of "who"'],
      ["KEY", "the env of step main.sh: KEY"],
      ["AT", "the input of step main.sh: at"],
    ]);
    expect(asked.every(({ askedBy, scopes }) => askedBy === "reference" && scopes.length === 3)).toBe(true);
  });

  test("listAsked() finds the manifest's lists, a step's own names under the step", () => {
    const names = (...list: string[]) => list.map((name) => secretName.parse(name));
    const asked = listAsked(
      {
        ...none,
        manifest: { secrets: ["ALL"] },
        steps: [step("one.sh", { secrets: names("ALL") }), step("two.sh", { secrets: names("ALL", "OWN") })],
      },
      "acme",
    );
    expect(asked).toEqual([
      { names: ["ALL"], scopes: lookupOrder, askedBy: "manifest", where: "manifest.json" },
      { names: ["OWN"], scopes: lookupOrder, askedBy: "manifest", where: "two.sh" },
    ]);
  });

  test("listAsked() leaves out names of lists that every step which may read them can do without", () => {
    const names = (...list: string[]) => list.map((name) => secretName.parse(name));
    const one = step("one.sh", { secrets: names("ALL", "BOTH"), optional: names("ALL", "BOTH") });
    const two = step("two.sh", { secrets: names("ALL", "BOTH", "OWN"), optional: names("BOTH", "OWN") });
    const asked = listAsked({ ...none, manifest: { secrets: ["ALL", "BOTH"] }, steps: [one, two] }, "acme");
    expect(asked.map(({ names: [name], where }) => [name, where])).toEqual([["ALL", "manifest.json"]]);
    expect(isOptionalIn({ steps: [one, two] }, "one.sh", "ALL")).toBe(true);
    expect(isOptionalIn({ steps: [one, two] }, "two.sh", "ALL")).toBe(false);
    expect(isOptionalIn({ steps: [one, two] }, "gone.sh", "ALL")).toBe(false);
  });

  test("listAsked() lets a document with a broken reference ask for nothing", () => {
    expect(listAsked({ ...none, config: { url: '{{ secret("A" }}' } }, "acme")).toEqual([]);
  });
});

describe("findMissing()", () => {
  const asks = (names: readonly string[], where = "here") => ({
    names,
    scopes: lookupOrder,
    askedBy: "reference" as const,
    where,
  });

  test("findMissing() leaves out what any scope has, and gives each name once with its first place", () => {
    const missing = findMissing(
      [asks(["SET"]), asks(["GONE"], "first"), asks(["GONE"], "second")],
      (scope, name) => scope === "platform" && name === "SET",
    );
    expect(missing).toEqual([{ name: "GONE", askedBy: "reference", where: "first" }]);
  });

  test("findMissing() counts only the scopes that may answer", () => {
    const onlyProject = { ...asks(["A"]), scopes: ["project"] as const };
    expect(findMissing([onlyProject], (scope) => scope === "platform")).toHaveLength(1);
    expect(findMissing([onlyProject], (scope) => scope === "project")).toEqual([]);
  });

  test("findMissing() takes any of the names that dots leave open, and tells the one without a field", () => {
    const open = asks(["a.b.c", "a.b", "a"]);
    expect(findMissing([open], (_, name) => name === "a.b")).toEqual([]);
    expect(findMissing([open], () => false)).toMatchObject([{ name: "a" }]);
  });
});
