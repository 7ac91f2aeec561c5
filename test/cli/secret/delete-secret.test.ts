import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commandEnvironment } from "../../support/dev-process.ts";
import { type Typed, typeSealrun } from "../../support/terminal.ts";
import { usePlatform } from "../use-platform.ts";

const place = ["--project", "acme"];
const losers = '"KEY" is used by acme/reader (config.json)';

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
  const folder = await used.person.write("reader", {
    "main.sh": "echo",
    "config.json": `{"url":"{{ secret('KEY') }}"}`,
  });
  const pushed = await used.person.run(["push", folder, ...place]);
  expect(pushed.exitCode, pushed.stderr).toBe(0);
});
afterAll(async () => used.close());
beforeEach(async () => {
  await used.person.run(["secret", "set", "KEY", ...place], "canary-first");
});

const type = async (args: readonly string[], ...typed: readonly Typed[]) =>
  typeSealrun(["secret", "delete", ...args], typed, {
    cwd: used.person.home,
    env: { ...commandEnvironment(used.person.home), ...used.person.environment },
  });
const isStored = async () => (await used.person.run(["secret", "list", "KEY", ...place])).exitCode === 0;

test("deleteSecret() refuses what a package uses before it asks anything, and names the option that deletes it", async () => {
  const { exitCode, shown } = await type(["KEY", ...place]);
  expect(exitCode, shown).toBe(75);
  expect(shown.replaceAll(/\s+/g, " ")).toContain(
    `error: ${losers}; nothing was deleted; add --force to delete it anyway (SECRET_IN_USE)`,
  );
  expect(shown).not.toContain("[y/N]");
  expect(await isStored()).toBe(true);
});

test("deleteSecret() with --force says who loses the value, and then asks", async () => {
  const { exitCode, shown } = await type(["KEY", ...place, "--force"], { after: "[y/N]", keys: "n\r" });
  expect(exitCode, shown).toBe(1);
  const words = shown.replaceAll(/\s+/g, " ");
  expect(words).toContain(`${losers}; they lose this value Delete "KEY", version`);
  expect(await isStored()).toBe(true);
});

test("deleteSecret() of piped input refuses, and deletes with --force", async () => {
  const refused = await used.person.run(["secret", "delete", "KEY", ...place]);
  expect(refused).toMatchObject({ exitCode: 75, stdout: "" });
  expect(await used.person.run(["secret", "delete", "KEY", ...place, "--force"])).toEqual({
    exitCode: 0,
    stdout: "removed KEY from project acme\n",
    stderr: `warning: ${losers}; they lose this value\n`,
  });
});

test.each(["delete", "history", "uses", "list"])(
  "sealrun secret %s says in its own words that there is no such name, and repeats none that is not allowed",
  async (command) => {
    expect(await used.person.run(["secret", command, "NONE", ...place])).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: 'error: There is no secret "NONE" in project acme (SECRET_NOT_FOUND)\n',
    });
    const { exitCode, stderr } = await used.person.run(["secret", command, "canary value", ...place]);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/^error: The secret's name is not allowed: .*\(NAME_NOT_ALLOWED\)\n$/);
    expect(stderr).not.toContain("canary");
  },
);
