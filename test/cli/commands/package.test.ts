import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { executionInfo, packageInfo, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../../support/api.ts";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
  const folder = await used.person.write("report", { "main.sh": "echo hello", "data/x.csv": "1,2" });
  await used.person.run(["push", folder, "--project", "acme"]);
});
afterAll(async () => used.close());

test("sealrun package list lists what was pushed", async () => {
  const { stdout } = await used.person.run(["package", "list", "--project", "acme"]);
  expect(stdout).toMatch(/^PACKAGE +VERSION +PUSHED\nreport +1 +\S+ \S+Z\n$/);
});

test("sealrun package list names the project to create", async () => {
  const { stderr } = await used.person.run(["package", "list", "--project", "nobody"]);
  expect(stderr).toContain("create it with: sealrun project create nobody");
});

test("sealrun package show shows steps and files", async () => {
  const { stdout } = await used.person.run(["package", "show", "acme/report"]);
  expect(stdout).toContain("  runs     main.sh\n");
  expect(stdout).toContain("    data/x.csv  3 bytes\n");
});

test("sealrun package show shows what the manifest says for people, and nothing about what it leaves out", async () => {
  const manifest = { description: "Sends mail", version: 1.5, author: "Ann", tags: ["mail", "daily"], type: "k8x_job" };
  const files = { "main.sh": "echo hello", "manifest.json": JSON.stringify(manifest) };
  const folder = await used.person.write("mail", files);
  await used.person.run(["push", folder, "--project", "acme"]);
  const { stdout } = await used.person.run(["package", "show", "acme/mail"]);
  expect(stdout).toContain(
    "  about    Sends mail\n  author   Ann\n  release  1.5\n  tags     mail, daily\n  digest   ",
  );
  const { stdout: without } = await used.person.run(["package", "show", "acme/report"]);
  expect(without).not.toMatch(/about|author|release|tags/);
});

test("sealrun package show --json prints what the platform says", async () => {
  const { stdout } = await used.person.run(["package", "show", "acme/report", "--json"]);
  expect(packageInfo.parse(JSON.parse(stdout)).version?.number).toBe(1);
});

test("sealrun package show says that there is none", async () => {
  expect(await used.person.run(["package", "show", "acme/nothing"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("(PACKAGE_NOT_FOUND)"),
  });
});

test("sealrun package versions lists them, and rollback makes an earlier one the newest again", async () => {
  const push = async (text: string) =>
    used.person.run(["push", await used.person.write("rolled", { "main.sh": text }), "--project", "acme"]);
  await push("echo one");
  await push("echo two");
  const { stdout, stderr } = await used.person.run(["package", "rollback", "acme/rolled", "--to", "1"]);
  expect(stdout, stderr).toBe("rolled back: acme/rolled version 3 has the files of version 1\n");
  const listed = (await used.person.run(["package", "versions", "acme/rolled"])).stdout.split("\n");
  expect(listed[0]).toMatch(/^VERSION +PUSHED +DIGEST/);
  expect(listed[1]).toMatch(/^3 .* the files of version 1, by a rollback$/);
  expect(listed[2]).toMatch(/^2 /);
  expect(await used.person.run(["package", "rollback", "acme/rolled", "--to", "1"])).toMatchObject({
    exitCode: expect.any(Number),
    stderr: expect.stringContaining("nothing was changed (ALREADY_EXISTS)"),
  });
});

test("sealrun run --package-version runs that version with its own parameters", async () => {
  const parameters = (name: string) => JSON.stringify({ fields: [{ name, type: "text", required: true }] });
  for (const name of ["old", "new"]) {
    const files = { "main.sh": "true", "parameters.json": parameters(name) };
    await used.person.run(["push", await used.person.write("chosen", files), "--project", "acme"]);
  }
  const run = async (...args: string[]) => used.person.run(["run", "acme/chosen", ...args, "--json"]);
  const { stdout, stderr } = await run("--package-version", "1", "-p", "old=x");
  expect(stderr).toBe("");
  const { id } = startedExecution.parse(JSON.parse(stdout));
  expect(await ask(used.platform, executionInfo, ["GET", `/executions/${id}`])).toMatchObject({
    version: 1,
    parameters: { sealedNames: ["old"] },
  });
  expect(await run("--package-version", "2", "-p", "old=x")).toMatchObject({ exitCode: 65 });
  expect(await run("--package-version", "7")).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("This package has no version 7"),
  });
});

test("sealrun package rename, archive and unarchive change a package, and list shows archived ones when asked", async () => {
  await used.person.run(["push", await used.person.write("named", { "main.sh": "true" }), "--project", "acme"]);
  const run = async (...args: string[]) => used.person.run(["package", ...args]);
  expect((await run("rename", "acme/named", "renamed")).stdout).toBe("renamed acme/named to acme/renamed\n");
  expect((await run("archive", "acme/renamed")).stdout).toBe(
    "archived acme/renamed\nwhat runs goes on, what is queued waits; undo with: sealrun package unarchive acme/renamed\n",
  );
  expect((await run("list", "--project", "acme")).stdout).not.toContain("renamed");
  expect((await run("list", "--project", "acme", "--archived")).stdout).toContain("renamed (archived)");
  expect((await run("show", "acme/renamed")).stdout).toContain("nothing of it starts");
  expect((await used.person.run(["run", "acme/renamed"])).stderr).toContain(
    "Package acme/renamed is archived; unarchive it first (ARCHIVED)",
  );
  expect((await run("unarchive", "acme/renamed")).stdout).toBe("unarchived acme/renamed\n");
});

test("sealrun package download writes a version for its user only, and never over files", async () => {
  const folder = await used.person.write("kept", {
    "main.sh": "echo one",
    "data/x.csv": "1,2",
    "secrets.json": '{"A":1}',
  });
  await used.person.run(["push", folder, "--project", "acme"]);
  await writeFile(join(folder, "main.sh"), "echo two");
  await used.person.run(["push", folder, "--project", "acme"]);
  const to = join(dirname(folder), "downloaded");
  const first = await used.person.run(["package", "download", "acme/kept", "--to", to, "--package-version", "1"]);
  expect(first).toEqual({
    exitCode: 0,
    stdout: `wrote version 1 of acme/kept to ${to}: 2 files\nits secrets stay on the platform\n`,
    stderr: "",
  });
  expect((await readdir(to)).toSorted()).toEqual(["data", "main.sh"]);
  expect(await readFile(join(to, "main.sh"), "utf8")).toBe("echo one");
  expect((await stat(join(to, "data/x.csv"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(to, "data"))).mode & 0o777).toBe(0o700);
  const again = await used.person.run(["package", "download", "acme/kept", "--to", to]);
  expect(again).toMatchObject({ exitCode: 73, stderr: expect.stringContaining("(ALREADY_EXISTS)") });
  expect(await readFile(join(to, "main.sh"), "utf8")).toBe("echo one");
  const newest = await used.person.run(["package", "download", "acme/kept", "--to", `${to}-2`, "--json"]);
  expect(JSON.parse(newest.stdout)).toMatchObject({ version: 2, files: ["data/x.csv", "main.sh"] });
});

test("sealrun package list says of an archived rest where it is", async () => {
  await used.person.run(["project", "create", "attic"]);
  await used.person.run(["push", await used.person.write("old", { "a.sh": "echo" }), "--project", "attic"]);
  await used.person.run(["package", "archive", "attic/old"]);
  expect((await used.person.run(["package", "list", "--project", "attic"])).stdout).toBe(
    "all packages are archived; list them with: sealrun package list --project attic --archived\n",
  );
});

test("sealrun package download leaves nothing behind after Ctrl-C", async () => {
  const folder = await used.person.write("stopped", { "a.sh": "echo", "b.sh": "echo" });
  await used.person.run(["push", folder, "--project", "acme"]);
  const to = join(dirname(folder), "stopped-copy");
  const args = ["package", "download", "acme/stopped", "--to", to];
  expect(await used.person.run(args, "", AbortSignal.abort())).toMatchObject({ exitCode: 130, stdout: "" });
  expect((await readdir(dirname(folder))).filter((name) => name.startsWith("stopped-copy"))).toEqual([]);
  expect((await used.person.run(args)).exitCode).toBe(0);
});
