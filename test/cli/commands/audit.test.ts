import { openDatabase } from "@sealrun/postgres";
import { auditList, auditVerification } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const run = async (args: readonly string[], stdin?: string) => used.person.run(args, stdin);
const rows = async (...args: readonly string[]) =>
  auditList.parse(JSON.parse((await run(["audit", "list", ...args, "--json"])).stdout)).rows;

test("sealrun audit list tells who did what, by action, project and time, and never a value", async () => {
  await run(["secret", "set", "A", "--scope", "platform"], "canary-value");
  await run(["secret", "set", "B", "--scope", "project", "--project", "acme"], "canary-value");
  const all = await run(["audit", "list"]);
  expect(all.stdout).toMatch(/^ROW +TIME +ACTOR +ACTION +OBJECT +DETAIL\n/);
  expect(all.stdout).not.toContain("canary");
  expect((await rows("--action", "secret")).map(({ action, detail }) => [action, detail["versions"]])).toEqual([
    ["secret.set", { B: 1 }],
    ["secret.set", { A: 1 }],
  ]);
  expect((await rows("--project", "acme")).map(({ action }) => action)).toEqual(["secret.set", "project.create"]);
  expect(await rows("--since", "2000-01-01T00:00:00Z", "--actor", "nobody")).toEqual([]);
  const first = auditList.parse(JSON.parse((await run(["audit", "list", "--limit", "1", "--json"])).stdout));
  expect((await rows("--before", first.next ?? "")).length).toBeGreaterThan(0);
});

test("sealrun audit verify says what it checked, and names the first row that was changed with exit code 1", async () => {
  const good = await run(["audit", "verify"]);
  expect(good).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^verified \d+ rows\n {2}last link \d+ /) });
  const database = await openDatabase({ config: used.platform.config.postgres, applicationName: "test" });
  await database.run("alter table audit disable trigger user");
  await database.run("update audit set actor = 'somebody' where seq = (select min(seq) from audit)");
  await database.close();
  const bad = await run(["audit", "verify", "--json"]);
  expect(bad.exitCode).toBe(1);
  expect(auditVerification.parse(JSON.parse(bad.stdout)).fault?.kind).toBe("edited");
  expect(bad.stderr).toContain("AUDIT_BROKEN");
});
