import { expect, test } from "vitest";
import {
  announcedForms,
  describeUnenforced,
  formOf,
  networkSetting,
} from "../../../packages/protocol/src/wire/network.ts";

test.each(["host", "none"])("networkSetting reads %j", (given) => expect(networkSetting.parse(given)).toBe(given));

test.each(["all", "", [], true, null])("networkSetting refuses %j", (given) =>
  expect(networkSetting.safeParse(given).success).toBe(false),
);

test("announcedForms leaves out forms that only a later version knows", () => {
  expect(announcedForms.parse(["later", "none", "host"])).toEqual(["host", "none"]);
  expect(announcedForms.safeParse(["a".repeat(33)]).success).toBe(false);
});

test("formOf() gives no form for a package without a setting", () => {
  expect([formOf(undefined), formOf("none")]).toEqual([undefined, "none"]);
});

test("describeUnenforced() names the pool and the network", () => {
  expect(describeUnenforced("none", "big")).toMatch(
    /^No executor of pool big enforces the network "none" of manifest\.json; start one that does/,
  );
});
