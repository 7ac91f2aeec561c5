import { secretList } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const run = async (args: readonly string[], stdin?: string) => used.person.run(["secret", ...args], stdin);
const platform = ["--scope", "platform"];

test.each([
  ["a second word", ["set", "NAME", "hunter2", ...platform]],
  ["--value", ["set", "NAME", "--value", "hunter2", ...platform]],
  ["--value=", ["set", "NAME", "--value=hunter2", ...platform]],
  ["NAME=value", ["set", "NAME=hunter2", ...platform]],
  ["an unknown flag", ["set", "NAME", "-phunter2", ...platform]],
  ["an option before the name", ["set", "--secret=hunter2", "NAME", ...platform]],
])("sealrun secret set refuses a value as %s and does not repeat it", async (_, args) => {
  const { exitCode, stdout, stderr } = await run(args, "");
  expect(exitCode).toBe(64);
  expect(stderr).toContain("(SECRET_ON_COMMAND_LINE)");
  expect(stderr).toContain("on standard input, with --file, or at the prompt");
  expect(stdout + stderr).not.toContain("hunter2");
});

test("sealrun secret set does not repeat what stands where the name belongs", async () => {
  const { exitCode, stderr } = await run(["set", "hunter2!", ...platform], "x");
  expect(exitCode).toBe(65);
  expect(stderr).not.toContain("hunter2");
});

test("sealrun secret set takes the value from standard input and counts versions", async () => {
  expect(await run(["set", "TOKEN", ...platform], "one\n")).toEqual({
    exitCode: 0,
    stdout: "set TOKEN in the platform, version 1\n",
    stderr: "",
  });
  expect((await run(["set", "TOKEN", ...platform], "two\n")).stdout).toContain("version 2");
});

test("sealrun secret import sets all names of a file, or none", async () => {
  const folder = await used.person.write("p", { ".env": "A=1\nB=2\n", "bad.json": '{"C":1,"1D":2}' });
  const place = ["--scope", "project", "--project", "acme"];
  expect((await run(["import", `${folder}/.env`, ...place])).stdout).toBe(
    "set A in project acme, version 1\nset B in project acme, version 1\n",
  );
  expect((await run(["import", `${folder}/bad.json`, ...place])).exitCode).toBe(65);
  const { stdout } = await run(["list", ...place, "--json"]);
  expect(secretList.parse(JSON.parse(stdout)).secrets.map(({ name }) => name)).toEqual(["A", "B"]);
});

test("sealrun secret list shows one name, or says that it is not there", async () => {
  await run(["set", "LISTED", ...platform], "a-plain-value");
  const { stdout } = await run(["list", "LISTED", ...platform]);
  expect(stdout).toMatch(/^NAME +VERSION +AUTHOR +UPDATED\nLISTED +1 +\S+ +\S+ \S+Z\n$/);
  expect(await run(["list", "MISSING", ...platform])).toMatchObject({
    exitCode: 4,
    stderr: 'error: the platform has no secret "MISSING" (SECRET_NOT_FOUND)\n',
  });
});

test("sealrun secret delete removes a secret once", async () => {
  await run(["set", "GONE", ...platform], "x");
  expect((await run(["delete", "GONE", ...platform])).stdout).toBe("removed GONE from the platform\n");
  expect((await run(["delete", "GONE", ...platform])).exitCode).toBe(4);
});

test("sealrun secret set names the project to create", async () => {
  const { stderr } = await run(["set", "A", "--scope", "project", "--project", "nobody"], "x");
  expect(stderr).toContain("create it with: sealrun project create nobody (PROJECT_NOT_FOUND)");
});
