import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readProfiles } from "../../../packages/cli/src/profile/file.ts";
import { saveDevProfile } from "../../../packages/cli/src/profile/save-dev.ts";
import { commandEnvironment } from "../../support/dev-process.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";
import { type Typed, typeSealrun } from "../../support/terminal.ts";
import { newPerson, type Person } from "../run-here.ts";
import { saveProfile } from "../save-profile.ts";

const other = `SHA256:${"A".repeat(43)}`;
const wrong = `sr_adm_${"x".repeat(43)}`;

let platform: TestPlatform;
let name: string;
beforeAll(async () => {
  platform = await startPlatform();
  name = new URL(platform.url).host.replace(":", "-");
});
afterAll(async () => platform.close());

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const profiles = async () => readProfiles({ HOME: person.home });
const login = async (...more: readonly string[]) =>
  person.run(["login", platform.url, "--fingerprint", platform.fingerprint, ...more], `${platform.token}\n`);
const type = async (args: readonly string[], ...typed: readonly Typed[]) =>
  typeSealrun(args, typed, { cwd: person.home, env: { ...commandEnvironment(person.home), HOME: person.home } });

test("sealrun login saves a profile named after the host, which other commands use", async () => {
  expect(await login()).toEqual({
    exitCode: 0,
    stdout: `signed in to ${platform.url} as admin\n  profile ${name}: saved, and in use from now on\n`,
    stderr: "",
  });
  expect(await profiles()).toEqual({
    current: name,
    profiles: { [name]: { url: platform.url, token: platform.token, fingerprint: platform.fingerprint } },
    pins: { [platform.url]: platform.fingerprint },
  });
  expect(await person.run(["project", "list"])).toMatchObject({ exitCode: 0, stderr: "" });
});

test("sealrun login on a terminal asks whether the fingerprint is the operator's, then for the token", async () => {
  const signedIn = await type(
    ["login", platform.url, "--profile", "work"],
    { after: "[y/N]", keys: "y\r" },
    { after: "Token", keys: `${platform.token}\r` },
  );
  expect(signedIn.exitCode, signedIn.shown).toBe(0);
  expect(signedIn.shown).toContain(`${platform.url} has the keyring ${platform.fingerprint}`);
  expect(signedIn.shown).not.toContain(platform.token);
  expect(await profiles()).toMatchObject({ current: "work", profiles: { work: { token: platform.token } } });
});

test("sealrun login on a terminal saves nothing when the fingerprint is not the operator's", async () => {
  const { exitCode, shown } = await type(["login", platform.url], { after: "[y/N]", keys: "n\r" });
  expect(exitCode, shown).toBe(1);
  expect(shown).toContain("ask the platform's operator for the fingerprint (NOT_CONFIRMED)");
  expect(await profiles()).toEqual({ profiles: {}, pins: {} });
});

test.each([
  ["without a fingerprint", [], 64, /Without a terminal, --fingerprint is needed/],
  ["with another one", ["--fingerprint", other], 76, /has the keyring SHA256:.*, not the one of --fingerprint/],
  ["with half of one", ["--fingerprint", "SHA256:x"], 78, /--fingerprint: expected SHA256: and 43 characters/],
])("sealrun login without a terminal, %s, is refused before the token is read", async (_, more, code, sentence) => {
  const { exitCode, stderr } = await person.run(["login", platform.url, ...more], platform.token);
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(sentence);
  expect(await profiles()).toEqual({ profiles: {}, pins: {} });
});

test.each([
  [wrong, 77, /does not accept this token; check that all of it was given; nothing was saved \(UNAUTHENTICATED\)/],
  ["", 64, /Expected the token on standard input, found nothing/],
  ["two words", 78, /The token: expected one word/],
])("sealrun login refuses the token %j and does not repeat it", async (token, code, sentence) => {
  const given = ["login", platform.url, "--fingerprint", platform.fingerprint];
  const { exitCode, stderr } = await person.run(given, token);
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(sentence);
  if (token !== "") expect(stderr).not.toContain(token);
  expect((await profiles()).profiles).toEqual({});
});

test("sealrun login --token-command stores the command and not the token, and runs it at each use", async () => {
  const folder = await person.write("keys", { token: `${platform.token}\n` });
  const command = `cat '${folder}/token'`;
  const given = ["login", platform.url, "--fingerprint", platform.fingerprint, "--token-command", command];
  expect(await person.run(given)).toMatchObject({ exitCode: 0 });
  const [saved] = Object.values((await profiles()).profiles);
  expect(saved).toEqual({ url: platform.url, tokenCommand: command, fingerprint: platform.fingerprint });
  expect(await person.run(["project", "list"])).toMatchObject({ exitCode: 0 });
  await person.write("keys", { token: wrong });
  expect(await person.run(["project", "list"])).toMatchObject({
    exitCode: 77,
    stderr: `error: ${platform.url} does not accept the token command of the profile ${name}; sign in again with: sealrun login ${platform.url} --profile ${name} (UNAUTHENTICATED)\n`,
  });
  expect(await person.run([...given.slice(0, -1), " "])).toMatchObject({ exitCode: 64 });
});

test("sealrun login keeps a name for its platform, and the name local for sealrun dev", async () => {
  await login("--profile", "work");
  const again = ["login", "http://127.0.0.1:9", "--profile", "work", "--fingerprint", other];
  expect(await person.run(again, "t")).toMatchObject({
    exitCode: 73,
    stderr: expect.stringContaining("or first run: sealrun logout --profile work (ALREADY_EXISTS)"),
  });
  expect(await login("--profile", "local")).toMatchObject({ exitCode: 65 });
  expect(await login("--profile", "a/b")).toMatchObject({ exitCode: 65 });
  // Its own URL finds its own profile.
  expect((await login()).stdout).toContain("profile work: saved");
});

test("sealrun login warns of variables that come before the profile", async () => {
  Object.assign(person.environment, { SEALRUN_URL: "http://127.0.0.1:9" });
  expect((await login()).stderr).toBe("warning: SEALRUN_URL is set, and comes before the profile\n");
});

test("sealrun whoami says who, where and why", async () => {
  await login("--profile", "work");
  expect((await person.run(["whoami"])).stdout).toBe(
    `admin on ${platform.url}
  profile work, the one in use; choose another with: sealrun profile use NAME
  token   the token of the profile work
  keyring ${platform.fingerprint}
  project none chosen
`,
  );
  Object.assign(person.environment, { SEALRUN_URL: platform.url, SEALRUN_TOKEN: platform.token });
  Object.assign(person.environment, { SEALRUN_PROJECT: "beta" });
  expect(JSON.parse((await person.run(["whoami", "--json"])).stdout)).toEqual({
    author: "admin",
    url: platform.url,
    profile: "work",
    from: "SEALRUN_URL",
    token: "environment",
    fingerprint: platform.fingerprint,
    project: { name: "beta", from: "SEALRUN_PROJECT" },
  });
});

test("sealrun logout removes the token from this machine and says that it stays valid", async () => {
  await login();
  const { exitCode, stdout } = await person.run(["logout"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`removed the profile ${name} from this machine\n  its token stays valid on ${platform.url}`);
  expect(await profiles()).toEqual({ profiles: {}, pins: { [platform.url]: platform.fingerprint } });
  expect(await person.run(["logout"])).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("no profile") });
});

test("sealrun profile list shows the one in use and no token; use chooses another", async () => {
  expect((await person.run(["profile", "list"])).stdout).toBe("no profiles yet; sign in with: sealrun login URL\n");
  await login("--profile", "work");
  await person.run(["logout"]);
  await login("--profile", "first");
  await saveDevProfile({ HOME: person.home }, { ...platform, url: "http://127.0.0.1:9", dataFolder: "/data" });
  const { stdout } = await person.run(["profile", "list"]);
  expect(stdout).toMatch(/^ +PROFILE +URL +TOKEN +PROJECT +KEYRING\n +first .*\n\* +local /);
  expect(stdout).not.toContain(platform.token);
  expect((await person.run(["profile", "use", "first"])).stdout).toBe(`in use now: first, ${platform.url}\n`);
  const listed: unknown = JSON.parse((await person.run(["profile", "list", "--json"])).stdout);
  expect(listed).toMatchObject({ profiles: [{ name: "first", isCurrent: true, token: "stored" }, { dev: "/data" }] });
  expect(JSON.stringify(listed)).not.toContain(platform.token);
  expect(await person.run(["profile", "use", "nowhere"])).toMatchObject({ exitCode: 78 });
});

test("sealrun profile trust replaces a pin only with the operator's fingerprint", async () => {
  await login("--profile", "work");
  await saveProfile(person, "work", { url: platform.url, token: platform.token, fingerprint: other });
  expect(await person.run(["project", "list"])).toMatchObject({
    exitCode: 76,
    stderr: expect.stringContaining("if the operator has replaced the keyring: sealrun profile trust --profile work"),
  });
  expect(await login()).toMatchObject({ exitCode: 76 });
  expect(await person.run(["profile", "trust"])).toMatchObject({ exitCode: 64 });
  expect(await person.run(["profile", "trust", "--fingerprint", other])).toMatchObject({ exitCode: 76 });
  expect(await person.run(["profile", "trust", "--fingerprint", platform.fingerprint])).toMatchObject({
    exitCode: 0,
    stdout: `trusted: ${platform.url} with ${platform.fingerprint}\n`,
  });
  expect(await person.run(["project", "list"])).toMatchObject({ exitCode: 0 });
  expect((await person.run(["profile", "trust"])).stdout).toMatch(/^trusted already/);
});

test("sealrun project use gives commands without --project their project", async () => {
  await login();
  const empty = ["project", "use", "Acme"];
  expect(await person.run(empty)).toMatchObject({
    exitCode: 4,
    stderr: "error: There is no project Acme; create it with: sealrun project create Acme (PROJECT_NOT_FOUND)\n",
  });
  await person.run(["project", "create", "acme"]);
  expect((await person.run(empty)).stdout).toBe(`in use now: project acme, in the profile ${name}\n`);
  expect((await person.run(["secret", "set", "REGION"], "eu")).stdout).toBe("set REGION in project acme, version 1\n");
  expect((await person.run(["secret", "list"])).stdout).toMatch(/^NAME.*\nREGION /);
  expect(await person.run(["package", "list"])).toMatchObject({
    stdout: "no packages yet; push one with: sealrun push DIR --project acme\n",
  });
  const folder = await person.write("hello", { "main.sh": "echo hello\n" });
  expect((await person.run(["check", folder])).stdout).toContain("hello");
  expect((await person.run(["push", folder])).stdout).toContain("pushed acme/hello version 1");
  Object.assign(person.environment, { SEALRUN_PROJECT: "nowhere" });
  expect(await person.run(["push", folder])).toMatchObject({ exitCode: 4 });
  Object.assign(person.environment, { SEALRUN_PROJECT: "" });
  expect((await person.run(["project", "use", "--none"])).stdout).toBe(`no project is chosen in the profile ${name}\n`);
  expect(await person.run(["push", folder])).toMatchObject({
    exitCode: 64,
    stderr: "error: Expected --project <project>, or a project chosen with: sealrun project use NAME (USAGE)\n",
  });
  expect(await person.run(["project", "use"])).toMatchObject({ exitCode: 64 });
});

test("sealrun project use says that a platform without a profile keeps none", async () => {
  Object.assign(person.environment, { SEALRUN_URL: platform.url, SEALRUN_TOKEN: platform.token });
  expect(await person.run(["project", "use", "acme"])).toMatchObject({
    exitCode: 78,
    stderr: expect.stringContaining("or set SEALRUN_PROJECT (CONFIG_INVALID)"),
  });
});

test("saveDevProfile() leaves the profile of a dev that answers, and replaces one that is gone", async () => {
  const environment = { HOME: person.home };
  const { url, token, fingerprint } = platform;
  const first = { url, token, fingerprint, dataFolder: "/first" };
  const second = { url: "http://127.0.0.1:9", token: "t", fingerprint: other, dataFolder: "/second" };
  expect(await saveDevProfile(environment, first)).toBe('Profile "local" is saved: other commands work at once');
  expect(await saveDevProfile(environment, second)).toBe(
    "Another sealrun dev is running: use this one with sealrun --profile local-2",
  );
  expect((await profiles()).profiles["local"]).toMatchObject({ url });
  expect(await saveDevProfile(environment, { ...second, url: "http://127.0.0.1:8" })).toContain("local-2");
  // Another platform has its port by now: the first one is gone.
  await saveDevProfile(environment, { ...first, fingerprint: other });
  expect(await saveDevProfile(environment, second)).toBe('Profile "local" is saved: other commands work at once');
});
