import { pino } from "pino";
import { newId } from "@sealrun/crypto";
import { encodeJson, SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { readAsked, recordRefusal } from "../../../packages/keyring/src/audit/record-refusal.ts";
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
  await recordRefusal(deps, { verb: "grant", asked: readAsked(Buffer.from("canary, no JSON")), error });
  expect(await rows()).toEqual([{ execution_id: null, detail: { verb: "grant", code: "NO_GRANT" } }]);
});

test("recordRefusal() keeps quiet about what may pass by itself, and about public keys", async () => {
  const deps = { database: world.database, log: pino({ level: "silent" }) };
  const before = await rows();
  const asked = readAsked(Buffer.from("{}"));
  await recordRefusal(deps, { verb: "lookup", asked, error: new SealrunError("POSTGRES_UNREACHABLE", "") });
  await recordRefusal(deps, { verb: "scope-key", asked, error: new SealrunError("NO_GRANT", "") });
  expect(await rows()).toEqual(before);
});

test("readAsked() names each attempt of a request for several grants", () => {
  const [executorId, first, second] = [newId("executor"), newId("execution"), newId("execution")];
  const items = [
    { executionId: first, attempt: 1 },
    { executionId: second, attempt: 3 },
  ];
  expect(readAsked(encodeJson({ executorId, items }))).toEqual(items.map((item) => ({ ...item, executorId })));
  expect(readAsked(encodeJson({ executorId, executionId: first, attempt: 2 }))).toEqual([
    { executorId, executionId: first, attempt: 2 },
  ]);
});
