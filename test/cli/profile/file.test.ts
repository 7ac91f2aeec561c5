import { chmod, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changeProfiles, type Profiles, readProfiles } from "../../../packages/cli/src/profile/file.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

const saved = { url: "http://127.0.0.1:7700", token: "the-token", fingerprint: "SHA256:x" };
let person: Person;
let environment: Record<string, string>;
beforeEach(async () => {
  person = await newPerson();
  environment = { HOME: person.home };
});
afterEach(async () => person.leave());

const save = async (name: string, where = environment): Promise<void> =>
  changeProfiles(where, (known: Profiles) => ({ ...known, profiles: { ...known.profiles, [name]: saved } }));

test("changeProfiles() writes a file that only its owner can read, and leaves nothing beside it", async () => {
  await save("local");
  const folder = join(person.home, ".config", "sealrun");
  expect((await stat(join(folder, "profiles.json"))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual(["profiles.json"]);
});

test("changeProfiles() loses no change of commands that change at once", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `work-${index}`);
  await Promise.all(names.map(async (name) => save(name)));
  expect(Object.keys((await readProfiles(environment)).profiles).toSorted()).toEqual(names.toSorted());
});

test("changeProfiles() keeps what the file has about each profile", async () => {
  const work = { ...saved, token: undefined, tokenCommand: "pass show work", project: "acme" };
  await changeProfiles(environment, (known) => ({ ...known, current: "work", profiles: { work } }));
  await save("local");
  expect(await readProfiles(environment)).toEqual({
    current: "work",
    profiles: { work: { ...saved, token: undefined, tokenCommand: "pass show work", project: "acme" }, local: saved },
    pins: {},
  });
});

test("readProfiles() refuses a file that others can read and says how to mend it", async () => {
  await save("local");
  const path = join(person.home, ".config", "sealrun", "profiles.json");
  await chmod(path, 0o644);
  const { code, message } = await rejectionOf(readProfiles(environment));
  expect(code).toBe("CONFIG_INVALID");
  expect(message).toBe(`${path} holds a token and other users can read it; run: chmod 600 ${path}`);
});

test("readProfiles() names a damaged file without repeating it", async () => {
  await save("local");
  await writeFile(join(person.home, ".config", "sealrun", "profiles.json"), '{"profiles": {"local": "the-token"}}');
  const { code, message } = await rejectionOf(readProfiles(environment));
  expect(code).toBe("CONFIG_INVALID");
  expect(message).not.toContain("the-token");
});

test("readProfiles() prefers XDG_CONFIG_HOME", async () => {
  const elsewhere = { ...environment, XDG_CONFIG_HOME: join(person.home, "xdg") };
  await save("local", elsewhere);
  expect((await readProfiles(environment)).profiles).toEqual({});
  expect(Object.keys((await readProfiles(elsewhere)).profiles)).toEqual(["local"]);
});
