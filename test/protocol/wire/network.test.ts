import { expect, test } from "vitest";
import {
  announcedForms,
  describeUnenforced,
  formOf,
  namedHosts,
  networkSetting,
} from "../../../packages/protocol/src/wire/network.ts";

test.each([[["db.internal:5432"]], [["API.Example.com:443", "_x.y_z:1"]]])(
  "networkSetting reads %j, in lower case",
  (given) => expect(networkSetting.parse(given)).toEqual(given.map((one) => one.toLowerCase())),
);

test.each([
  [[]],
  [["api.example.com"]],
  [["api.example.com:0"]],
  [["api.example.com:65536"]],
  [["api.example.com:https"]],
  [["*.example.com:443"]],
  [["10.0.0.1:443"]],
  [["0x7f000001:443"]],
  [["[::1]:443"]],
  [["localhost:443"]],
  [["a.localhost:443"]],
  [["a..b:443"]],
  [["a b:443"]],
  [[`${"a".repeat(64)}.com:443`]],
  [Array.from({ length: 65 }, (_, index) => `h${index}.test:443`)],
])("networkSetting refuses the hosts %j", (given) => expect(networkSetting.safeParse(given).success).toBe(false));

test("namedHosts() gives each pair of name and port once", () => {
  const named = [
    { host: "a.test", port: 443 },
    { host: "a.test", port: 80 },
  ];
  expect(namedHosts(["a.test:443", "a.test:80", "a.test:443"])).toEqual(named);
  expect([namedHosts("none"), namedHosts(undefined)]).toEqual([[], []]);
});

test.each(["outbound", "host", "none"])("networkSetting reads %j", (given) =>
  expect(networkSetting.parse(given)).toBe(given),
);

test.each(["all", "", [], true, null])("networkSetting refuses %j", (given) =>
  expect(networkSetting.safeParse(given).success).toBe(false),
);

test("announcedForms leaves out forms that only a later version knows", () => {
  expect(announcedForms.parse(["later", "none", "host"])).toEqual(["host", "none"]);
  expect(announcedForms.safeParse(["a".repeat(33)]).success).toBe(false);
});

test("formOf() gives no form for a package without a setting", () => {
  expect([formOf(undefined), formOf("none"), formOf(["a.test:1"])]).toEqual([undefined, "none", "named"]);
});

test("describeUnenforced() says which setting offers the machine's network", () => {
  expect(describeUnenforced("host", "big")).toMatch(/pool big .* set allowHostNetwork/);
});

test("describeUnenforced() names the pool and the network", () => {
  expect(describeUnenforced("none", "big")).toMatch(
    /^No executor of pool big enforces the network "none" of manifest\.json; start one that does/,
  );
});
