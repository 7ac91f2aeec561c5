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

test.each([{}, { secrets: "all" }, { steps: 1 }])("askedNames() finds none in %j", (manifest) => {
  expect(askedNames(manifest)).toEqual([]);
});
