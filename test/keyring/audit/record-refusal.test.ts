import { pino } from "pino";
import { SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { recordRefusal } from "../../../packages/keyring/src/audit/record-refusal.ts";
import { startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const row = z.object({ execution_id: z.string().nullable(), detail: z.unknown() });
const rows = async () => world.database.rows(row, "select execution_id, detail from audit where action = 'refuse'");

test("recordRefusal() writes only the parts of a request that it can read", async () => {
  const deps = { database: world.database, log: pino({ level: "silent" }) };
  const error = new SealrunError("NO_GRANT", "");
  await recordRefusal(deps, "grant", { body: Buffer.from("canary, no JSON"), error });
  expect(await rows()).toEqual([{ execution_id: null, detail: { verb: "grant", code: "NO_GRANT" } }]);
});

test("recordRefusal() keeps quiet about what may pass by itself, and about public keys", async () => {
  const deps = { database: world.database, log: pino({ level: "silent" }) };
  const before = await rows();
  const body = Buffer.from("{}");
  await recordRefusal(deps, "lookup", { body, error: new SealrunError("POSTGRES_UNREACHABLE", "") });
  await recordRefusal(deps, "scope-key", { body, error: new SealrunError("NO_GRANT", "") });
  expect(await rows()).toEqual(before);
});
