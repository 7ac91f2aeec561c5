import { builtinModules } from "node:module";
import { expect, test } from "vitest";
import { packageOf } from "@sealrun/protocol";
import { isProvided } from "../../../../packages/client/src/package/sources/node-modules.ts";

test("isProvided() knows every module of Node", () => {
  const names = builtinModules.flatMap((name) => packageOf(name) ?? []);
  expect(names.filter((name) => !isProvided(name))).toEqual([]);
  expect(["@sealrun/sdk", "lodash", "ferris"].map(isProvided)).toEqual([true, false, false]);
});
