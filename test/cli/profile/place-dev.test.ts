import { expect, test } from "vitest";
import type { Profiles } from "../../../packages/cli/src/profile/file.ts";
import { placeDev } from "../../../packages/cli/src/profile/place-dev.ts";

const dev = (port: number, dataFolder: string) => ({
  url: `http://127.0.0.1:${port}`,
  token: `t-${dataFolder}`,
  fingerprint: `SHA256:${dataFolder}`,
  dataFolder,
});
const none: Profiles = { profiles: {}, pins: {} };
const all = () => true;
const gone = () => false;
const one = placeDev(none, dev(7700, "/a"), gone).profiles;
const two = placeDev(one, dev(7701, "/b"), all).profiles;
const work = { url: "https://work.test", token: "t", fingerprint: "SHA256:w" };

test("placeDev() names the first dev local and makes it current", () => {
  expect(one).toEqual({
    current: "local",
    profiles: { local: { url: "http://127.0.0.1:7700", token: "t-/a", fingerprint: "SHA256:/a", dev: "/a" } },
    pins: { "http://127.0.0.1:7700": "SHA256:/a" },
  });
});

test("placeDev() overwrites nothing of a dev that still answers", () => {
  const placed = placeDev(one, dev(7701, "/b"), all);
  expect(placed).toMatchObject({ name: "local-2", before: undefined });
  expect(placed.profiles.current).toBe("local");
  expect(placed.profiles.profiles["local"]).toEqual(one.profiles["local"]);
  expect(placeDev(two, dev(7702, "/c"), all).name).toBe("local-3");
});

test("placeDev() replaces a dev that is gone", () => {
  const placed = placeDev(one, dev(7701, "/b"), gone);
  expect(placed).toMatchObject({ name: "local", profiles: { current: "local" } });
  expect(placed.profiles.profiles["local"]?.dev).toBe("/b");
});

test("placeDev() keeps one profile for one data folder", () => {
  expect(Object.keys(placeDev(two, dev(7799, "/b"), all).profiles.profiles)).toEqual(["local", "local-2"]);
  const onlyOne = placeDev(two, dev(7799, "/b"), gone);
  expect(onlyOne.name).toBe("local");
  expect(Object.keys(onlyOne.profiles.profiles)).toEqual(["local"]);
});

test("placeDev() replaces no profile that a person has made, even when its platform does not answer", () => {
  const known = { profiles: { local: one.profiles["local"] ?? work, "local-2": work }, pins: {} };
  expect(placeDev(known, dev(7701, "/b"), ({ name }) => name === "local").name).toBe("local-3");
});

test("placeDev() says which profile was in use before, and keeps the project of the same platform", () => {
  const local = { ...dev(1, "/a"), dataFolder: undefined, project: "acme", dev: "/a" };
  const placed = placeDev({ current: "work", profiles: { work, local }, pins: {} }, dev(7700, "/a"), all);
  expect(placed).toMatchObject({ name: "local", before: "work", profiles: { current: "local" } });
  expect(placed.profiles.profiles["local"]?.project).toBe("acme");
});
