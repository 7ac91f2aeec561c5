import { type Identity, newId } from "@sealrun/crypto";
import { readRootKey } from "@sealrun/key-files";
import { executorId, grantRequest, type GrantRequest, projectId } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerEnd } from "../../../packages/keyring/src/attempts/end-grant.ts";
import { answerGrant, type AttemptDeps } from "../../../packages/keyring/src/attempts/grants.ts";
import { answerLookup } from "../../../packages/keyring/src/attempts/lookups.ts";
import { answerScopeKey } from "../../../packages/keyring/src/scope-keys/answer-scope-key.ts";
import { createKeptStatements } from "../../../packages/keyring/src/scope-keys/kept-statements.ts";
import { countStatements } from "../../support/count-statements.ts";
import { countWaits } from "../../support/count-waits.ts";
import { enrolExecutor } from "../enrolment/enrol-executor.ts";
import { createLog, startWorld, type World } from "../world.ts";
import {
  batchFrame,
  grantItem,
  lookupFrame,
  newExecution,
  prefixOf,
  type PushedPackage,
  pushPackage,
  sealSecret,
  startAttempt,
  valueOf,
} from "./attempt.ts";

let world: World;
let executor: Identity;
let pushed: PushedPackage;
let deps: AttemptDeps;
let signed = 0;
const texts: string[] = [];
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
  pushed = await pushPackage(world);
  const { id, signPublic, signPrivate } = world.keyringIdentity;
  deps = {
    database: countStatements(world.database, texts),
    log: createLog([]),
    platformId: world.config.platformId,
    rootKey: await readRootKey(world.config.wrappingKeyFile ?? ""),
    identity: {
      id,
      signPublic,
      get signPrivate() {
        signed += 1;
        return signPrivate;
      },
    },
    statements: createKeptStatements(),
  };
  // The first grant of a project makes its key.
  await answerGrant(deps, requestOf([pushed]));
});
afterAll(async () => world.close());

/** An honest request for one attempt of each package, each with one secret. */
function requestOf(packages: readonly PushedPackage[]): GrantRequest {
  const ids = packages.map(newExecution);
  const items = packages.map((of, index) => {
    const secret = { scope: "service", ownerId: of.packageId, name: "DB_PASS", value: "s3cret" } as const;
    const values = [valueOf("DB_PASS", sealSecret(world, of.publicKey, secret))];
    return grantItem(of, { values }, ids[index]);
  });
  return grantRequest.parse({ executorId: executor.id, frame: batchFrame(executor, ids), items });
}

/** What was sent to the database meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  texts.length = 0;
  await work();
  return texts.splice(0);
}

test("answerGrant() and answerEnd() send seven statements for one run, and sign nothing that they signed before", async () => {
  const request = requestOf([pushed]);
  signed = 0;
  const grant = await statementsOf(async () => answerGrant(deps, request));
  const ended = request.items.map(({ executionId, attempt }) => ({ executionId, attempt }));
  const end = await statementsOf(async () => answerEnd(deps, { ended }));
  const kinds = [
    /^begin$/,
    /from executors .*pg_advisory_xact_lock.* for share$/,
    /from grants/,
    /from unnest.* left join scope_keys/,
    /insert into grants .* insert into audit/,
    /^commit$/,
  ];
  expect(grant).toEqual(kinds.map((kind) => expect.stringMatching(kind)));
  expect(end).toHaveLength(1);
  expect(signed).toBe(0);
});

test("answerGrant() and answerEnd() send as many statements for 20 attempts of two projects as for one", async () => {
  const other = await pushPackage(world, projectId.parse(newId("project")));
  await answerGrant(deps, requestOf([other]));
  const request = requestOf(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? pushed : other)));
  let granted = 0;
  const sent = await statementsOf(async () => {
    granted = (await answerGrant(deps, request)).items.filter(({ ok }) => ok).length;
  });
  expect(granted).toBe(20);
  expect(sent).toHaveLength(6);
  const ended = request.items.map(({ executionId, attempt }) => ({ executionId, attempt }));
  expect(await statementsOf(async () => answerEnd(deps, { ended }))).toHaveLength(1);
});

test("answerGrant() waits twice for the database, its commit included", async () => {
  const { database, takeWaits } = countWaits(world.database);
  expect(await answerGrant({ ...deps, database }, requestOf([pushed]))).toMatchObject({ items: [{ ok: true }] });
  expect(takeWaits()).toBe(2);
});

test("answerLookup() waits three times for the database, its commit included", async () => {
  const attempt = await startAttempt(world, executor, pushed);
  const secret = { scope: "service", ownerId: pushed.packageId, name: "DB_PASS", value: "s3cret" } as const;
  const prefix = prefixOf(sealSecret(world, pushed.publicKey, secret));
  const { database, takeWaits } = countWaits(world.database);
  await answerLookup(
    { ...deps, database },
    {
      executionId: attempt.executionId,
      attempt: attempt.attempt,
      executorId: executorId.parse(executor.id),
      executorFrame: lookupFrame(attempt, "DB_PASS", newId("request")),
      entries: [{ kind: "secret", scope: "service", prefix }],
    },
  );
  expect(takeWaits()).toBe(3);
});

test("answerScopeKey() sends one statement for a key that exists", async () => {
  const { packageId: ownerId, projectId: own } = pushed;
  const asked = { scope: "service", ownerId, projectId: own } as const;
  expect(await statementsOf(async () => answerScopeKey(deps, asked))).toHaveLength(1);
});
