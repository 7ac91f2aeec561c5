import { expect, test } from "vitest";
import { describeParameters } from "../../../packages/cli/src/execution/describe-parameters.ts";

test("describeParameters() gives a line for each field: its type, what it accepts and what it is for", () => {
  const fields = [
    { type: "int", name: "days", label: "Days", required: true, min: 1, max: 9, visible: true },
    { type: "select", name: "mode", choices: [{ title: "Fast", value: "fast" }], default: "fast", visible: true },
    { type: "text", name: "note", description: "Goes into the mail\nand nowhere else" },
    { type: "float", name: "share", min: 0.5, visible: true },
  ];
  expect(describeParameters({ fields })).toEqual([
    "days   int, 1 to 9, required: Days",
    'mode   select of "fast", default "fast"',
    "note   text, sealed: Goes into the mail",
    "share  float, 0.5 or more",
  ]);
});

test("describeParameters() says that a package takes none, or any", () => {
  expect(describeParameters({ fields: [] })).toEqual(["it takes none"]);
  expect(describeParameters(null)).toEqual(["it has no parameters.json and takes any name, as text"]);
});
