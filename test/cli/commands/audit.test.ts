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

test("sealrun audit list shows who did what, by action, project and time, and never a value", async () => {
  await run(["secret", "set", "A", "--scope", "platform"], "canary-value");
  await run(["secret", "set", "B", "--scope", "project", "--project", "acme"], "canary-value");
  const all = await run(["audit", "list"]);
  expect(all.stdout).toMatch(/^ROW +TIME +ACTOR +ACTION +OBJECT +NAME +DETAIL\n/);
  expect(all.stdout).not.toContain("canary");
  expect(all.stdout).toMatch(/secret\.set +prj_\w{20} +acme +\{/);
  expect((await rows("--action", "secret")).map(({ action, detail }) => [action, detail["versions"]])).toEqual([
    ["secret.set", { B: 1 }],
    ["secret.set", { A: 1 }],
  ]);
  expect((await rows("--project", "acme")).map(({ action }) => action)).toEqual(["secret.set", "project.create"]);
  expect(await rows("--since", "2000-01-01T00:00:00Z", "--actor", "nobody")).toEqual([]);
  const first = auditList.parse(JSON.parse((await run(["audit", "list", "--limit", "1", "--json"])).stdout));
  expect((await rows("--before", first.next ?? "")).length).toBeGreaterThan(0);
});

test("sealrun audit continue accepts that times go backwards, and verify reports it", async () => {
  const database = await openDatabase({ config: used.platform.config.postgres, applicationName: "test" });
  await database.run(
    `insert into audit (at, actor, action, object, detail, request_id)
     values (clock_timestamp() + interval '1 year', 'a', 'b', 'c', '{}', 'd')`,
  );
  await database.close();
  await run(["secret", "set", "LATER", "--scope", "platform"], "canary-value");
  const broken = await run(["audit", "verify"]);
  expect(broken).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("(backdated)") });
  const after = /sealrun audit continue --after (\d+) --reason TEXT/.exec(broken.stderr)?.[1] ?? "";
  expect(await run(["audit", "continue", "--after", "0", "--reason", "NTP"])).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("BAD_REQUEST"),
  });
  expect(await run(["audit", "continue", "--after", after, "--reason", " "])).toMatchObject({ exitCode: 64 });
  const accepted = await run(["audit", "continue", "--after", after, "--reason", "NTP"]);
  expect(accepted.stdout).toMatch(/^accepted break at link \d+ \(row \d+\) by .*: NTP\n$/);
  const [row] = await rows("--action", "audit.continue");
  expect(row).toMatchObject({ object: "audit", detail: { kind: "backdated", reason: "NTP" } });
  const good = await run(["audit", "verify", "--full"]);
  expect(good).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(accepted.stdout.trim()) });
});

test("sealrun audit verify says what it checked, and names the first row that was changed with exit code 1", async () => {
  const good = await run(["audit", "verify", "--full"]);
  expect(good).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^verified \d+ rows\n(?: {2}accepted .*\n)? {2}last link \d+ /),
  });
  const database = await openDatabase({ config: used.platform.config.postgres, applicationName: "test" });
  await database.run("alter table audit disable trigger user");
  await database.run("update audit set actor = 'somebody' where seq = (select min(seq) from audit)");
  await database.close();
  expect((await run(["audit", "verify"])).stdout).toMatch(
    /^verified \d+ rows\n {2}after link \d+, which was checked at .*; --full reads everything\n/,
  );
  const bad = await run(["audit", "verify", "--full", "--json"]);
  expect(bad.exitCode).toBe(1);
  expect(auditVerification.parse(JSON.parse(bad.stdout)).fault?.kind).toBe("edited");
  expect(bad.stderr).toContain("AUDIT_BROKEN");
});
