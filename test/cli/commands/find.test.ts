import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

test("sealrun find lists projects, packages and names of secrets, with where they are", async () => {
  await used.person.run(["secret", "set", "ACME_KEY", "--scope", "platform"], "a value to keep");
  expect(await used.person.run(["find", "aCm"])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^KIND +NAME +WHERE\nproject +acme +-\n.*secret +ACME_KEY +the platform\n$/s),
  });
  const { stdout } = await used.person.run(["find", "acme_", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ projects: [], secrets: [{ name: "ACME_KEY", scope: "platform" }] });
  expect(stdout).not.toContain("a value to keep");
});

test("sealrun find says so when nothing has that name, and refuses a limit that is too high", async () => {
  expect(await used.person.run(["find", "no-such-name"])).toMatchObject({
    exitCode: 0,
    stdout: "nothing has that name\n",
  });
  expect(await used.person.run(["find", "x", "--limit", "51"])).toMatchObject({ exitCode: 64 });
});
