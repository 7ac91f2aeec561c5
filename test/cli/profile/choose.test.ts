import { expect, test } from "vitest";
import { chooseProject, chooseTarget } from "../../../packages/cli/src/profile/choose.ts";
import type { Profiles } from "../../../packages/cli/src/profile/file.ts";
import { refusalOf } from "../../support/refusal.ts";

const local = { url: "http://127.0.0.1:7700", token: "t-local", fingerprint: "SHA256:l", dev: "/data" };
const work = { url: "https://work.test", tokenCommand: "pass show work", fingerprint: "SHA256:w", project: "acme" };
const known: Profiles = { profiles: { local, work }, pins: { "https://pinned.test": "SHA256:p" } };
const environment = {};

test("chooseTarget() takes the profile local until another one is chosen", () => {
  expect(chooseTarget(known, { name: undefined, environment })).toMatchObject({
    url: local.url,
    from: "current",
    token: { kind: "stored", profile: "local", token: "t-local" },
    fingerprint: { text: "SHA256:l" },
  });
  expect(chooseTarget({ ...known, current: "work" }, { name: undefined, environment })).toMatchObject({
    url: work.url,
    token: { kind: "command", profile: "work", command: "pass show work" },
  });
});

test("chooseTarget() takes --profile before the environment", () => {
  const target = chooseTarget(known, { name: "work", environment: { SEALRUN_URL: local.url, SEALRUN_TOKEN: "t" } });
  expect(target).toMatchObject({ url: work.url, from: "--profile", token: { kind: "command" } });
});

test("chooseTarget() gives a URL only the token and the fingerprint of its own profile", () => {
  const at = (url: string) => chooseTarget(known, { name: undefined, environment: { SEALRUN_URL: url } });
  expect(at(`${work.url}/`)).toMatchObject({ own: { name: "work" }, token: { profile: "work" }, from: "SEALRUN_URL" });
  expect(at("https://pinned.test")).toMatchObject({ token: undefined, fingerprint: { text: "SHA256:p" } });
  expect(at("https://other.test")).toMatchObject({ own: undefined, token: undefined, fingerprint: undefined });
});

test("chooseTarget() counts an empty variable as not set", () => {
  const empty = { SEALRUN_URL: "", SEALRUN_TOKEN: "", SEALRUN_FINGERPRINT: "" };
  expect(chooseTarget(known, { name: undefined, environment: empty })).toMatchObject({
    token: { kind: "stored" },
    fingerprint: { text: "SHA256:l" },
  });
});

test.each([
  [known, "home", 'There is no profile "home"; known are "local", "work"'],
  [{ profiles: {}, pins: {} }, "home", 'There is no profile "home"; no profiles are saved yet'],
  [known, "__proto__", 'There is no profile "__proto__"; known are "local", "work"'],
  [
    { profiles: {}, pins: {} },
    undefined,
    "No platform is known yet; sign in with: sealrun login URL, or start one with: sealrun dev",
  ],
  [
    { profiles: { work }, pins: {} },
    undefined,
    'No profile is chosen; known are "work"; choose one with: sealrun profile use NAME',
  ],
])("chooseTarget() says what is missing: %# %s", (profiles, name, sentence) => {
  expect(refusalOf(() => chooseTarget(profiles, { name, environment })).message).toBe(sentence);
});

test("chooseProject() takes SEALRUN_PROJECT, or else the project of the platform's profile", () => {
  const choose = (name: string | undefined, env: Readonly<Record<string, string>> = {}) =>
    chooseProject(known, { name, environment: env });
  expect(choose(undefined, { SEALRUN_PROJECT: "beta" })).toEqual({ name: "beta", from: "SEALRUN_PROJECT" });
  expect(choose("work", { SEALRUN_PROJECT: "beta" })).toEqual({ name: "acme", from: "work" });
  expect(choose(undefined, { SEALRUN_URL: work.url })).toEqual({ name: "acme", from: "work" });
  expect(choose(undefined, { SEALRUN_URL: "https://other.test" })).toBeUndefined();
  expect(choose(undefined)).toBeUndefined();
});

test("chooseProject() needs no platform", () => {
  expect(chooseProject({ profiles: {}, pins: {} }, { name: undefined, environment })).toBeUndefined();
});
