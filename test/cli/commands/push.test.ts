import { pushAnswer } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const files = { "main.sh": "echo hello", "secrets.json": '{"DB_PASS":"a-plain-value"}' };
const push = async (folder: string, ...more: readonly string[]) =>
  used.person.run(["push", folder, "--project", "acme", ...more]);

test("sealrun push says what it pushed and what to do next", async () => {
  const { exitCode, stdout, stderr } = await push(await used.person.write("report", files));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe(
    [
      "pushed acme/report version 1",
      "  files    1",
      "  runs     main.sh",
      "  secrets  1 sealed on this machine",
      "next: sealrun run acme/report --wait",
      "",
    ].join("\n"),
  );
});

test("sealrun push --json prints only the platform's answer", async () => {
  const { stdout } = await push(await used.person.write("json", files), "--json");
  const answer = pushAnswer.parse(JSON.parse(stdout));
  expect(answer.secrets.stored).toEqual(["DB_PASS"]);
  expect(answer.sealedAtBoundary).toBe(false);
});

test("sealrun push prints the command that creates an unknown project", async () => {
  const folder = await used.person.write("report", files);
  expect(await used.person.run(["push", folder, "--project", "nobody"])).toEqual({
    exitCode: 4,
    stdout: "",
    stderr: "error: There is no project nobody; create it with: sealrun project create nobody (PROJECT_NOT_FOUND)\n",
  });
});

test("sealrun push refuses to replace what was set on the platform, unless told to", async () => {
  const { person } = used;
  const folder = await person.write("changed", files);
  await push(folder);
  const place = ["--scope", "service", "--project", "acme", "--package", "changed"];
  await person.run(["secret", "set", "DB_PASS", ...place], "newer\n");
  const refused = await push(folder);
  expect(refused).toMatchObject({ exitCode: 75, stderr: expect.stringContaining("(SECRET_CHANGED)") });
  expect(await push(folder, "--overwrite")).toMatchObject({ exitCode: 0 });
});

test("sealrun push stores nothing of a package with a broken document", async () => {
  const folder = await used.person.write("broken", { ...files, "manifest.json": "{" });
  expect(await push(folder)).toMatchObject({ exitCode: 65, stderr: expect.stringContaining("(MANIFEST_INVALID)") });
  expect(await used.person.run(["package", "show", "acme/broken"])).toMatchObject({ exitCode: 4 });
});

test("sealrun push shows what it left out and where a script holds a value", async () => {
  const more = { "main.sh": "echo a-plain-value", "ef_env.json": "{}" };
  const { exitCode, stderr } = await push(await used.person.write("careless", { ...files, ...more }));
  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    "left out: ef_env.json\nwarning: main.sh:1 holds the value of DB_PASS in plain text; let the script ask for it instead\n",
  );
});
