import { expect, test } from "vitest";
import { pairSettings } from "../../../packages/protocol/src/package/pair-settings.ts";

test("pairSettings() gives each run of a script the next of its entries, and a script without one none", () => {
  const steps = [
    { script: "a.ts", name: "first" },
    { script: "a.ts", name: "second" },
    { script: "b.py", name: "other" },
  ];
  const paired = pairSettings(["a.ts", "c.sh", "a.ts", "a.ts"], steps);
  expect(paired.map(({ script, own }) => [script, own?.name])).toEqual([
    ["a.ts", "first"],
    ["c.sh", undefined],
    ["a.ts", "second"],
    ["a.ts", undefined],
  ]);
});
