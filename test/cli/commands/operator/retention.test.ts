import { openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retentionCommand } from "../../../../packages/cli/src/commands/operator/retention.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../../support/executions-world.ts";
import { newPerson, type Person } from "../../run-here.ts";

let world: ExecutionsWorld;
let person: Person;
beforeAll(async () => {
  world = await startExecutionsWorld();
  person = await newPerson();
  Object.assign(person.environment, {
    SEALRUN_URL: world.platform.url,
    SEALRUN_TOKEN: world.platform.token,
    SEALRUN_FINGERPRINT: world.platform.fingerprint,
  });
});
afterAll(async () => {
  await person.leave();
  await world.close();
});

const run = async (...args: readonly string[]) => person.run(["retention", ...args]);
const first = "nothing is deleted before ";

test("sealrun retention show and set print the platform's limits, and those of projects", async () => {
  const shown = await run("show");
  expect(shown).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(first) });
  expect(shown.stdout).toBe("PROJECT  EXECUTIONS  LOGS\nall      90 days     30 days\n");
  expect((await run("set", "--executions", "0", "--logs", "7d")).stdout).toBe(
    "PROJECT  EXECUTIONS  LOGS\nall      forever     7 days\n",
  );
  expect((await run("set", "--project", "acme", "--executions", "10d")).stdout).toBe(
    "project acme keeps executions for 10 days and logs for 7 days (its own limits)\n",
  );
  expect((await run("show")).stdout).toBe(
    "PROJECT     EXECUTIONS  LOGS\nacme        10 days     7 days\nall others  forever     7 days\n",
  );
  expect((await run("set", "--project", "acme", "--default")).stdout).toBe(
    "project acme keeps executions forever and logs for 7 days (the platform's limits)\n",
  );
  expect(JSON.parse((await run("show", "--project", "acme", "--json")).stdout)).toMatchObject({
    executionsDays: 0,
    logsDays: 7,
    from: "platform",
  });
  expect(JSON.parse((await run("set", "--executions", "90d", "--logs", "30d", "--json")).stdout)).toMatchObject({
    executionsDays: 90,
    logsDays: 30,
    projects: [],
  });
});

test("sealrun retention set refuses what it cannot do", async () => {
  expect(await run("set")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("Give --executions, --logs or both, or --project with --default"),
  });
  for (const args of [["--default"], ["--default", "--project", "acme", "--logs", "1d"]]) {
    expect(await run("set", ...args)).toMatchObject({ exitCode: 64 });
  }
  for (const days of ["1w", "3651d", "-1", "1.5d", ""]) {
    expect(await run("set", "--logs", days)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("--logs: expected days from 1d to 3650d, or 0 to keep forever"),
    });
  }
  expect(await run("set", "--executions", "10d", "--logs", "11d")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining(
      "Executions would be kept for 10 days and logs for 11 days, but a log is deleted with its execution; give --logs from 1d to 10d as well",
    ),
  });
  expect(await run("show", "--project", "nowhere")).toMatchObject({ exitCode: 4 });
});

test("sealrun retention set asks on a terminal before something is deleted, and sealrun execution says that a log was", async () => {
  const database = await openDatabase({ config: world.platform.config.postgres, applicationName: "test" });
  const ids: string[] = [];
  for (const days of [20, 50]) {
    const { ref, rpc } = await world.claim("report");
    await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
    await until(
      async () =>
        (await database.run("select from attempts where execution_id = $1 and grant_ended_at is not null", [
          ref.executionId,
        ])) === 1,
    );
    await database.run("update executions set finished_at = now() - $2 * interval '1 day' where id = $1", [
      ref.executionId,
      days,
    ]);
    ids.push(ref.executionId);
  }
  await database.run("update installation set deletes_from = now()");
  const [kept = "", gone = ""] = ids;
  const onTerminal = async (typed: string): Promise<void> => {
    const { PassThrough } = await import("node:stream");
    const input = Object.assign(new PassThrough(), { isTTY: true });
    input.end(typed);
    const environment = { ...person.cli.environment, ...person.environment };
    const command = retentionCommand({ ...person.cli, environment, input });
    await command.parseAsync(["set", "--executions", "45d", "--logs", "10d"], { from: "user" });
  };
  await expect(onTerminal("n\n")).rejects.toMatchObject({
    code: "NOT_CONFIRMED",
    message: "Nothing was changed; answer with y, or add --yes",
  });
  expect((await run("show")).stdout).toContain("90 days");
  await onTerminal("y\n");
  await until(async () => (await person.run(["execution", "show", gone])).exitCode === 4);
  const sentence = /Retention deleted the log and the results of the steps on \S+: the platform keeps logs for 10 days/;
  await until(async () => sentence.test((await person.run(["execution", "show", kept])).stdout));
  for (const options of [[], ["--follow"]]) {
    const logs = await person.run(["execution", "logs", kept, ...options]);
    expect(logs).toMatchObject({ exitCode: 0, stdout: "", stderr: expect.stringMatching(sentence) });
    expect((await person.run(["execution", "logs", kept, "--json", ...options])).stdout).toMatch(sentence);
  }
  await database.close();
});
