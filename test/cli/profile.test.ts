import { chmod, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readProfiles, saveProfile, savePin } from "../../packages/cli/src/profile.ts";
import { rejectionOf } from "../support/refusal.ts";
import { newPerson, type Person } from "./run-here.ts";

const saved = { name: "local", url: "http://127.0.0.1:7700", token: "the-token", fingerprint: "SHA256:x" };
let person: Person;
let environment: Record<string, string>;
beforeEach(async () => {
  person = await newPerson();
  environment = { HOME: person.home };
});
afterEach(async () => person.leave());

test("saveProfile() writes a file that only its owner can read, and leaves nothing beside it", async () => {
  await saveProfile(environment, saved);
  const folder = join(person.home, ".config", "sealrun");
  expect((await stat(join(folder, "profiles.json"))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual(["profiles.json"]);
});

test("saveProfile() replaces a profile and the pin of its URL, and keeps the others", async () => {
  await saveProfile(environment, { ...saved, name: "other", url: "https://x.test" });
  await saveProfile(environment, saved);
  await saveProfile(environment, { ...saved, fingerprint: "SHA256:y" });
  const { profiles, pins } = await readProfiles(environment);
  expect(Object.keys(profiles)).toEqual(["other", "local"]);
  expect(profiles["local"]?.fingerprint).toBe("SHA256:y");
  expect(pins).toEqual({ "https://x.test": "SHA256:x", [saved.url]: "SHA256:y" });
});

test("savePin() keeps the profiles", async () => {
  await saveProfile(environment, saved);
  await savePin(environment, "https://x.test", "SHA256:z");
  expect(Object.keys((await readProfiles(environment)).profiles)).toEqual(["local"]);
});

test("readProfiles() refuses a file that others can read and says how to mend it", async () => {
  await saveProfile(environment, saved);
  const path = join(person.home, ".config", "sealrun", "profiles.json");
  await chmod(path, 0o644);
  const { code, message } = await rejectionOf(readProfiles(environment));
  expect(code).toBe("CONFIG_INVALID");
  expect(message).toBe(`${path} holds a token and other users can read it; run: chmod 600 ${path}`);
});

test("readProfiles() names a damaged file without repeating it", async () => {
  await saveProfile(environment, saved);
  await writeFile(join(person.home, ".config", "sealrun", "profiles.json"), '{"profiles": {"local": "the-token"}}');
  const { code, message } = await rejectionOf(readProfiles(environment));
  expect(code).toBe("CONFIG_INVALID");
  expect(message).not.toContain("the-token");
});

test("readProfiles() prefers XDG_CONFIG_HOME", async () => {
  const elsewhere = { ...environment, XDG_CONFIG_HOME: join(person.home, "xdg") };
  await saveProfile(elsewhere, saved);
  expect((await readProfiles(environment)).profiles).toEqual({});
  expect(Object.keys((await readProfiles(elsewhere)).profiles)).toEqual(["local"]);
});
