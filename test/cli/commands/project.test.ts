import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

test("sealrun project create makes a project once, whatever the case", async () => {
  expect(await used.person.run(["project", "create", "Second"])).toMatchObject({
    exitCode: 0,
    stdout: "created project Second\nnext: sealrun push DIR --project Second\n",
  });
  expect(await used.person.run(["project", "create", "second"])).toMatchObject({
    exitCode: 73,
    stderr: expect.stringContaining("(ALREADY_EXISTS)"),
  });
});

test("sealrun project create refuses a name before anything is sent", async () => {
  expect(await used.person.run(["project", "create", "a/b"])).toMatchObject({
    exitCode: 65,
    stderr: expect.stringMatching(/^error: "a\/b" is not allowed: .*\(NAME_NOT_ALLOWED\)\n$/),
  });
});

test("sealrun project list lists them", async () => {
  expect((await used.person.run(["project", "list"])).stdout).toMatch(/^PROJECT +LIMIT +SANDBOX +CREATED\nacme +- +- /);
});

test("sealrun project limit sets, shows and takes away how many run at once", async () => {
  const limit = async (...args: readonly string[]) => used.person.run(["project", "limit", "ACME", ...args]);
  expect((await limit("--concurrent", "3")).stdout).toBe("project acme runs at most 3 executions at once\n");
  expect((await limit()).stdout).toBe("project acme runs at most 3 executions at once\n");
  expect((await limit("--concurrent", "none")).stdout).toBe("project acme has no limit on concurrent executions\n");
  expect(await limit("--concurrent", "0")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("--concurrent: expected a whole number from 1 to 10000"),
  });
  expect(await used.person.run(["project", "limit", "nowhere", "--concurrent", "1"])).toMatchObject({ exitCode: 4 });
});

test("sealrun project limit sets and shows that scripts never have the machine's network", async () => {
  const limit = async (...args: readonly string[]) => used.person.run(["project", "limit", "acme", ...args]);
  const told = "project acme gives no script the network of an executor's machine\n";
  expect((await limit("--require-network", "on")).stdout).toContain(told);
  expect((await limit()).stdout).toContain(told);
  expect((await limit("--require-network", "off")).stdout).not.toContain(told);
  expect(await limit("--require-network", "maybe")).toMatchObject({ exitCode: 64 });
});

test("sealrun project list trusts a keyring at first use, says so once, and keeps to it", async () => {
  const { person, platform } = used;
  delete person.environment["SEALRUN_FINGERPRINT"];
  const first = await person.run(["project", "list"]);
  const second = await person.run(["project", "list"]);
  person.environment["SEALRUN_FINGERPRINT"] = `SHA256:${"A".repeat(43)}`;
  const other = await person.run(["project", "list"]);
  person.environment["SEALRUN_FINGERPRINT"] = platform.fingerprint;
  expect(first.stderr).toBe(`first use of ${platform.url}: trusting the keyring ${platform.fingerprint} from now on\n`);
  expect(second.stderr).toBe("");
  expect(other).toMatchObject({ exitCode: 76, stderr: expect.stringContaining("(FINGERPRINT_MISMATCH)") });
});

test("sealrun execution list says that a project does not exist, and that an existing one has no executions", async () => {
  expect(await used.person.run(["execution", "list", "--project", "nope"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/^error: There is no project "?nope"?.*\(PROJECT_NOT_FOUND\)\n$/),
  });
  expect(await used.person.run(["execution", "list", "--project", "acme"])).toMatchObject({
    exitCode: 0,
    stdout: "no executions; start one with: sealrun run PROJECT/PACKAGE\n",
  });
});

test("sealrun project list says where a token that is not accepted comes from", async () => {
  const { environment } = used.person;
  const token = environment["SEALRUN_TOKEN"] ?? "";
  environment["SEALRUN_TOKEN"] = `sr_adm_${"x".repeat(43)}`;
  try {
    expect(await used.person.run(["project", "list"])).toEqual({
      exitCode: 77,
      stdout: "",
      stderr: `error: ${used.platform.url} does not accept SEALRUN_TOKEN; check the variable (UNAUTHENTICATED)\n`,
    });
  } finally {
    environment["SEALRUN_TOKEN"] = token;
  }
});

test("sealrun project rename, archive and unarchive change a project, and list shows archived ones when asked", async () => {
  const run = async (...args: string[]) => (await used.person.run(["project", ...args])).stdout;
  await run("create", "spring");
  expect(await run("rename", "spring", "summer")).toBe(
    "renamed project spring to summer\nreferences to secrets that name the project as their namespace need the new name\n",
  );
  expect(await run("archive", "summer")).toContain("undo with: sealrun project unarchive summer");
  expect(await run("list")).not.toContain("summer");
  expect(await run("list", "--archived")).toContain("summer (archived)");
  expect(await run("unarchive", "summer")).toBe("unarchived project summer\n");
  const all = (await run("list", "-q")).trim().split("\n");
  for (const name of all) await run("archive", name);
  expect(await run("list")).toBe("all projects are archived; list them with: sealrun project list --archived\n");
  for (const name of all) await run("unarchive", name);
  expect(await run("list")).toContain("summer");
});
