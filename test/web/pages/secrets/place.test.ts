import { expect, test } from "vitest";
import { placeKey, showPlace, widerPlaces } from "../../../../packages/web/src/pages/secrets/place.ts";

const service = { scope: "service", project: "acme", package: "report" } as const;
const project = { scope: "project", project: "acme" } as const;
const platform = { scope: "platform" } as const;

test("placeKey() begins with the topic, and no two places share a key", () => {
  const keys = [service, project, platform].map((place) => placeKey(place, "list"));
  expect(keys.map(([topic]) => topic)).toEqual(["secrets", "secrets", "secrets"]);
  expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(3);
});

test("widerPlaces() gives what a lookup asks next, in its order", () => {
  expect(widerPlaces(service)).toEqual([project, platform]);
  expect(widerPlaces(project)).toEqual([platform]);
  expect(widerPlaces(platform)).toEqual([]);
});

test("showPlace() names a place in a sentence", () => {
  expect([service, project, platform].map(showPlace)).toEqual(["package report", "project acme", "the platform"]);
});
