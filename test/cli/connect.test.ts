import { afterEach, beforeEach, expect, test } from "vitest";
import { newPerson, type Person } from "./run-here.ts";
import { saveProfile } from "./save-profile.ts";

// No server listens there: whatever a command sends goes nowhere.
const url = "http://127.0.0.1:9";
const fingerprint = `SHA256:${"A".repeat(43)}`;
let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const list = async (...more: readonly string[]) => person.run(["project", "list", ...more]);

test("connect() names the URL of a platform that cannot be reached", async () => {
  Object.assign(person.environment, { SEALRUN_URL: url, SEALRUN_TOKEN: "t", SEALRUN_FINGERPRINT: fingerprint });
  const { exitCode, stderr } = await list();
  expect(exitCode).toBe(69);
  expect(stderr).toMatch(
    /^error: http:\/\/127\.0\.0\.1:9 cannot be reached.*check the URL.*\(PLATFORM_UNREACHABLE\)\n$/,
  );
});

test("connect() never takes the token of a profile to another URL", async () => {
  await saveProfile(person, "local", { url: "https://own.test", token: "the-token", fingerprint });
  Object.assign(person.environment, { SEALRUN_URL: url });
  expect(await list()).toMatchObject({
    exitCode: 77,
    stderr: `error: There is no token for ${url}; sign in with: sealrun login ${url}, or set SEALRUN_TOKEN (UNAUTHENTICATED)\n`,
  });
});

test("connect() counts an empty variable as not set", async () => {
  Object.assign(person.environment, { SEALRUN_URL: "" });
  expect(await list()).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("sealrun dev") });
});

test("connect() refuses a fingerprint of another form", async () => {
  Object.assign(person.environment, { SEALRUN_URL: url, SEALRUN_TOKEN: "t", SEALRUN_FINGERPRINT: "SHA256:short" });
  expect(await list()).toMatchObject({
    exitCode: 78,
    stderr: expect.stringContaining("SEALRUN_FINGERPRINT: expected"),
  });
});

test.each(["ftp://x.test", "no url", "https://me:pass@x.test"])("connect() refuses %s as a URL", async (odd) => {
  Object.assign(person.environment, { SEALRUN_URL: odd, SEALRUN_TOKEN: "t" });
  expect(await list()).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("SEALRUN_URL: expected a URL") });
});

test("connect() warns of a URL on which others on the network can read the token", async () => {
  Object.assign(person.environment, {
    SEALRUN_URL: "http://sealrun.invalid",
    SEALRUN_TOKEN: "t",
    SEALRUN_FINGERPRINT: fingerprint,
  });
  expect((await list()).stderr).toMatch(/^warning: http:\/\/sealrun\.invalid is not encrypted/);
});

test("connect() says which profiles there are", async () => {
  await saveProfile(person, "local", { url, token: "t", fingerprint });
  expect(await list("--profile", "work")).toMatchObject({
    exitCode: 78,
    stderr: 'error: There is no profile "work"; known are "local" (CONFIG_INVALID)\n',
  });
});

test("connect() says of a profile whose sealrun dev is gone what to do", async () => {
  await saveProfile(person, "local", { url, token: "t", fingerprint, dev: "/home/you/.sealrun" });
  expect(await list()).toMatchObject({
    exitCode: 69,
    stderr: expect.stringContaining(
      "the profile local is of the sealrun dev with its data in /home/you/.sealrun: start that one again, or choose another profile",
    ),
  });
});

test("sealrun login says nothing of the profile in use when another platform cannot be reached", async () => {
  await saveProfile(person, "local", { url, token: "t", fingerprint, dev: "/home/you/.sealrun" });
  const { exitCode, stderr } = await person.run(["login", "http://127.0.0.1:2"]);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 69,
    stderr:
      "error: http://127.0.0.1:2 cannot be reached (ECONNREFUSED); check the URL, and that the platform runs (PLATFORM_UNREACHABLE)\n",
  });
});

test("findProject() names the variable or the profile of a project that is not allowed", async () => {
  Object.assign(person.environment, { SEALRUN_PROJECT: "a b" });
  expect((await person.run(["secret", "list"])).stderr).toMatch(/^error: SEALRUN_PROJECT: "a b" is not allowed: /);
  Object.assign(person.environment, { SEALRUN_PROJECT: "" });
  await saveProfile(person, "local", { url, token: "t", fingerprint, project: "c d" });
  const { exitCode, stderr } = await person.run(["secret", "list"]);
  expect(exitCode).toBe(65);
  expect(stderr).toMatch(/^error: The project of the profile local: "c d" is not allowed: /);
});

test("connect() refuses a token that cannot be one, and does not repeat it", async () => {
  Object.assign(person.environment, {
    SEALRUN_URL: url,
    SEALRUN_TOKEN: "sesame\nopen",
    SEALRUN_FINGERPRINT: fingerprint,
  });
  const { exitCode, stderr } = await list();
  expect(exitCode).toBe(78);
  expect(stderr).toContain("SEALRUN_TOKEN: expected one word");
  expect(stderr).not.toContain("sesame");
});

test("connect() names the token command that failed, and nothing that it printed", async () => {
  await saveProfile(person, "local", { url, tokenCommand: "echo sesame; exit 4", fingerprint });
  expect(await list()).toMatchObject({
    exitCode: 78,
    stderr:
      "error: The token command of the profile local failed with exit code 4; run it by hand to see why (CONFIG_INVALID)\n",
  });
});
