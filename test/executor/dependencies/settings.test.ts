import { expect, test } from "vitest";
import { dependencySettings, proxyVariables } from "../../../executor/src/dependencies/settings.ts";

test("dependencySettings names the public registries when nothing is set", () => {
  expect(dependencySettings.parse({})).toMatchObject({
    npmRegistry: "https://registry.npmjs.org/",
    pipIndexUrl: "https://pypi.org/simple",
    extraCaFile: null,
  });
});

test.each(["https://me:password@registry.example/", "https://token@registry.example/", "file:///tmp", "registry"])(
  "dependencySettings refuses the registry %j",
  (npmRegistry) => {
    expect(dependencySettings.safeParse({ npmRegistry }).success).toBe(false);
  },
);

test("proxyVariables() gives each proxy in both of its spellings, and nothing that is not set", () => {
  expect(proxyVariables({ proxy: { https: "http://proxy.example:3128" } })).toEqual({
    https_proxy: "http://proxy.example:3128",
    HTTPS_PROXY: "http://proxy.example:3128",
  });
  expect(proxyVariables({ proxy: {} })).toEqual({});
});
