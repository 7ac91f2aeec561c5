import { parseParametersFile } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { chooseParameters, splitReserved } from "../../../packages/cli/src/local/choose-parameters.ts";
import { jsonBytes, refusalOf } from "../../support/refusal.ts";

const fields = [
  { type: "int", name: "days", default: 7 },
  { type: "text", name: "note" },
];
const file = parseParametersFile(jsonBytes({ fields }));
const none = { params: {}, texts: new Map<string, string>() };

test("chooseParameters() takes -p before --params, those before ef_env.json, and defaults last", () => {
  const texts = new Map([["note", "of -p"]]);
  const stored = { package_name: "p", note: "of the file" };
  expect(chooseParameters(file, stored, { params: { note: "of --params" }, texts })).toEqual({
    package_name: "p",
    days: 7,
    note: "of -p",
  });
});

test("chooseParameters() allows any name without a parameters.json, and -p stays text", () => {
  expect(chooseParameters(undefined, { a: 1 }, { params: {}, texts: new Map([["b", "2"]]) })).toEqual({ a: 1, b: "2" });
});

test("chooseParameters() refuses what a start on a platform refuses", () => {
  const refuse = (stored: Record<string, string>, given = none) =>
    refusalOf(() => chooseParameters(file, stored, given)).message;
  expect(refuse({ days: "x" })).toContain('Parameter "days": ');
  expect(refuse({}, { params: { package_name: "other" }, texts: new Map() })).toContain("sealrun sets this one itself");
});

test("splitReserved() keeps apart what a run gives by itself", () => {
  expect(splitReserved({ package_name: "p", origin_event_type: "x", a: 1 })).toEqual({
    reserved: { package_name: "p", origin_event_type: "x" },
    own: { a: 1 },
  });
});
