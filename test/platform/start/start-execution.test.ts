import { logPage, packageName, projectName } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { putState } from "../../../executor/src/worker/secrets/state.ts";
import { storeSecret } from "../../../executor/src/worker/secrets/seal-secret.ts";
import { startExecution } from "../../../packages/platform/src/start/start-execution.ts";
import { ask } from "../../support/api.ts";
import { openCountedDeps } from "../../support/counted-deps.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const canaries = ["canary-of-the-service", "canary-of-the-parameters", "canary-of-the-state", "canary-of-the-set"];
const encodings = (text: string): readonly string[] => {
  const bytes = Buffer.from(text);
  return [text, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"), bytes.toString("hex")];
};

describe("startExecution()", () => {
  test("startExecution() stores a start in one statement, with a key as well", async () => {
    const counted = await openCountedDeps(world.platform);
    const { kept } = counted.deps;
    const requester = { name: "test", requestId: "req_1" };
    const statementsOf = async (idempotencyKey?: string): Promise<readonly string[]> => {
      counted.takeStatements();
      const project = await kept.getProject(projectName.parse("acme"));
      const found = await kept.getPackage(project, packageName.parse("report"));
      await startExecution(counted.deps, { project, package: found, requester, idempotencyKey }, {});
      return counted.takeStatements();
    };
    // Project, package, version and its files are read once.
    expect(await statementsOf()).toHaveLength(5);
    for (const key of [undefined, "once"]) {
      const statements = await statementsOf(key);
      expect(statements).toHaveLength(1);
      expect(statements[0]).toContain("insert into executions");
    }
    // The same request again: its key is in use, so that what it started is read.
    expect(await statementsOf("once")).toHaveLength(2);
    await counted.close();
  });

  test("startExecution() leaves no plaintext in any row of the database or line of the log", async () => {
    const event = await world.take("report", { parameters: { token: "canary-of-the-parameters" } });
    const attempt = await world.peer.claim(event);
    await putState(attempt.worker, "state", "canary-of-the-state");
    await storeSecret(attempt.worker, { name: "SET", value: "canary-of-the-set", scope: "project" });
    // The control: an unmasked value in a report is found, so the search works.
    await world.peer.report(attempt.ref, 1, [
      { type: "log", step: 0, stream: "stdout", text: "planted-control", time: 0 },
    ]);
    await world.peer.rpc.finish({ ...attempt.ref, status: "succeeded", lastSequence: 1 });
    for (;;) {
      const { lines } = await ask(world.platform, logPage, ["GET", `/executions/${event.executionId}/logs`]);
      if (lines.length > 0) break;
    }
    const dump = await dumpDatabase();
    expect(dump).toContain("planted-control");
    const searched = [dump, ...world.logged].join("\n");
    for (const text of canaries.flatMap(encodings)) expect(searched.includes(text), text).toBe(false);
  });

  test("startExecution() commits execution, steps, audit row and outbox row together or not at all", async () => {
    const count = async (): Promise<readonly number[]> =>
      Promise.all(
        ["executions", "execution_steps", "outbox"].map(async (table) => world.database.run(`select 1 from ${table}`)),
      );
    const before = await count();
    await world.database.run("alter table audit add constraint no_start check (action <> 'execution.start') not valid");
    await expect(world.start("report")).rejects.toThrow("INTERNAL");
    expect(await count()).toEqual(before);
    await world.database.run("alter table audit drop constraint no_start");
    await world.start("report");
    expect((await count())[0]).toBe((before[0] ?? 0) + 1);
  });
});

async function dumpDatabase(): Promise<string> {
  const tables = await world.database.rows(
    z.object({ name: z.string() }),
    "select format('%I', tablename) as name from pg_tables where schemaname = 'public'",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await world.database.rows(z.object({ row: z.string() }), `select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => row));
    // Bytes are printed as hex; as text they would show a value that was never sealed.
    for (const { row } of rows) {
      for (const [hex] of row.matchAll(/(?<=\\x)[0-9a-f]+/g)) texts.push(Buffer.from(hex, "hex").toString("latin1"));
    }
  }
  return texts.join("\n");
}
