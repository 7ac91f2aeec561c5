import { parametersFileSchema } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { prefill } from "../../../../packages/web/src/pages/run/prefill.ts";

const { fields } = parametersFileSchema.parse({
  fields: [
    { type: "int", name: "days", default: 7, max: 31, visible: true },
    { type: "text", name: "who", required: true, visible: true },
    {
      type: "select",
      name: "format",
      visible: true,
      choices: ["pdf", "txt"].map((value) => ({ title: value, value })),
    },
    {
      type: "multiselect",
      name: "parts",
      visible: true,
      choices: ["a", "b"].map((value) => ({ title: value, value })),
    },
    { type: "text", name: "token" },
  ],
});
const defaults = (search: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(prefill(fields, search).fields.map((field) => [field.name, field.default]));

test("prefill() fills visible fields from an address", () => {
  expect(defaults({ days: 12, who: 5, format: "txt", parts: ["b"] })).toMatchObject({
    days: 12,
    who: "5",
    format: "txt",
    parts: ["b"],
  });
  expect(prefill(fields, { days: 12, ":version": 3 }).notes).toEqual([]);
  expect(defaults({})).toMatchObject({ days: 7 });
});

test("prefill() takes no sealed value, and says what it left out without repeating it", () => {
  const { fields: filled, notes } = prefill(fields, { token: "secret-of-mine", days: 99, nope: 1 });
  expect(filled.map((field) => field.default)).toEqual(fields.map((field) => field.default));
  expect(notes).toEqual([
    '"token" is sealed: its value in the address was not used, type it here',
    expect.stringMatching(/^The value in the address was not used\. Parameter "days": expected 31 or less/),
    'This package has no parameter "nope"',
  ]);
  expect(notes.join()).not.toContain("secret-of-mine");
});
