import { expect, test } from "vitest";
import { askedNames } from "../../../../../packages/web/src/pages/secrets/list/asked-names.ts";

test("askedNames() joins the lists of the package and its steps, with who asks", () => {
  const steps = [
    { script: "load.ts", secrets: ["A", "B"] },
    { script: "send.ts", name: "send", secrets: ["B"] },
  ];
  expect(askedNames({ secrets: ["A"], steps })).toEqual([
    { name: "A", by: ["the manifest", "step load.ts"] },
    { name: "B", by: ["step load.ts", "step send"] },
  ]);
});

test("askedNames() leaves out what the package, or the step that lists it, can do without", () => {
  const steps = [
    { script: "load.ts", secrets: ["A", "B"], optional: ["B"] },
    { script: "send.ts", secrets: ["B", "C"] },
  ];
  expect(askedNames({ secrets: ["C"], optional: ["C"], steps })).toEqual([
    { name: "A", by: ["step load.ts"] },
    { name: "B", by: ["step send.ts"] },
  ]);
});

test.each([{}, { secrets: "all" }, { steps: 1 }])("askedNames() finds none in %j", (manifest) => {
  expect(askedNames(manifest)).toEqual([]);
});
