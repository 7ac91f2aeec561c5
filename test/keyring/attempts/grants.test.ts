import {
  fromBase64,
  type Identity,
  newId,
  openWithSharedSecret,
  secretContext,
  toBase64,
  verifyScopeKey,
} from "@sealrun/crypto";
import { projectId } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { enrolExecutor } from "../enrolment/enrol-executor.ts";
import { codeOf, executorFrame, startWorld, type World } from "../world.ts";
import {
  askGrant,
  grantBody,
  keyOf,
  newExecution,
  type PushedPackage,
  pushPackage,
  sealSecret,
  uploadOf,
} from "./attempt.ts";

let world: World;
let executor: Identity;
let pushed: PushedPackage;
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
  pushed = await pushPackage(world);
});
afterAll(async () => world.close());

const sealed = (of: PushedPackage): Uint8Array =>
  sealSecret(world, of.publicKey, { scope: "service", ownerId: of.packageId, name: "DB_PASS", value: "s3cret" });

test("answerGrant() gives the executor what opens the uploads of its event", async () => {
  const envelope = sealed(pushed);
  const granted = await askGrant(world, executor, grantBody(executor, pushed, { uploads: [uploadOf(envelope)] }));
  const [upload] = granted.uploads;
  expect(upload).toMatchObject(uploadOf(envelope));
  const context = secretContext({
    platformId: world.config.platformId,
    scope: "service",
    ownerId: pushed.packageId,
    name: "DB_PASS",
  });
  const shared = fromBase64(upload?.shared ?? "");
  const opened = openWithSharedSecret(shared, fromBase64(upload?.recipient ?? ""), context, envelope);
  expect(Buffer.from(opened).toString()).toBe("s3cret");
});

test("answerGrant() states the public keys of the package, its project and the platform", async () => {
  const { keys } = await askGrant(world, executor, grantBody(executor, pushed));
  const owners = { service: pushed.packageId, project: pushed.projectId, platform: world.config.platformId };
  for (const scope of ["service", "project", "platform"] as const) {
    const expected = { scope, ownerId: owners[scope], platformId: world.config.platformId };
    expect(verifyScopeKey(keys[scope], world.keyringIdentity.signPublic)).toMatchObject(expected);
  }
});

test("answerGrant() answers the same claim of the same attempt again", async () => {
  const body = grantBody(executor, pushed, { uploads: [uploadOf(sealed(pushed))] });
  const first = await askGrant(world, executor, body);
  expect((await askGrant(world, executor, body)).uploads).toEqual(first.uploads);
});

test("answerGrant() refuses another claim of a granted attempt", async () => {
  const first = grantBody(executor, pushed);
  await askGrant(world, executor, first);
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, {}, first.executionId)))).toBe("NO_GRANT");
});

test("answerGrant() refuses the same claim once its attempt has ended, and for another package", async () => {
  const body = grantBody(executor, pushed);
  await askGrant(world, executor, body);
  const other = await pushPackage(world, pushed.projectId);
  expect(await codeOf(askGrant(world, executor, { ...body, packageId: other.packageId }))).toBe("NO_GRANT");
  await world.database.run("update grants set ends_at = now() where execution_id = $1", [body.executionId]);
  expect(await codeOf(askGrant(world, executor, body))).toBe("NO_GRANT");
});

test("answerGrant() refuses one claim for two attempts", async () => {
  const first = grantBody(executor, pushed);
  await askGrant(world, executor, first);
  expect(await codeOf(askGrant(world, executor, { ...first, attempt: 2 }))).toBe("REPLAYED");
});

test("answerGrant() refuses an attempt before the last granted one", async () => {
  const second = grantBody(executor, pushed, { attempt: 2 });
  await askGrant(world, executor, second);
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, {}, second.executionId)))).toBe("NO_GRANT");
});

test("answerGrant() refuses an execution that another package ran", async () => {
  const first = grantBody(executor, pushed);
  await askGrant(world, executor, first);
  const other = grantBody(executor, await pushPackage(world), { attempt: 2 }, first.executionId);
  expect(await codeOf(askGrant(world, executor, other))).toBe("NO_GRANT");
});

test("answerGrant() refuses a project that the executor may not run", async () => {
  const own = projectId.parse(newId("project"));
  const limited = await enrolExecutor(world, [own]);
  expect(await codeOf(askGrant(world, limited, grantBody(limited, pushed)))).toBe("NOT_ENROLLED");
  const allowed = await pushPackage(world, own);
  expect((await askGrant(world, limited, grantBody(limited, allowed))).uploads).toEqual([]);
});

test("answerGrant() does not believe the platform about a package's project", async () => {
  const own = projectId.parse(newId("project"));
  const limited = await enrolExecutor(world, [own]);
  const lie = grantBody(limited, pushed, { projectId: own });
  expect(await codeOf(askGrant(world, limited, lie))).toBe("NO_GRANT");
});

test("answerGrant() refuses a claim of another execution", async () => {
  const other = executorFrame(executor, "claim", { executionId: newExecution(), generation: 1 });
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, { executorFrame: other })))).toBe(
    "NO_GRANT",
  );
});

test("answerGrant() refuses the key of another package, of the project, and an unknown key", async () => {
  const foreign = sealed(await pushPackage(world, pushed.projectId));
  const projectKey = await keyOf(world, { scope: "project", ownerId: pushed.projectId });
  const project = sealSecret(world, projectKey, { scope: "project", ownerId: pushed.projectId, name: "A", value: "x" });
  const nobody = { ...uploadOf(foreign), keyId: "00".repeat(16) };
  const uploads = [uploadOf(foreign), uploadOf(project), nobody];
  const codes = [];
  for (const upload of uploads) {
    codes.push(await codeOf(askGrant(world, executor, grantBody(executor, pushed, { uploads: [upload] }))));
  }
  expect(codes).toEqual(["NO_GRANT", "NO_GRANT", "KEY_NOT_FOUND"]);
});

test("answerGrant() refuses an ephemeral key of low order, and records no grant then", async () => {
  const zero = { ...uploadOf(sealed(pushed)), ephemeral: toBase64(new Uint8Array(32)) };
  const body = grantBody(executor, pushed, { uploads: [zero] });
  expect(await codeOf(askGrant(world, executor, body))).toBe("LOW_ORDER_KEY");
  const count = z.object({ count: z.string() });
  const text = "select count(*)::text as count from grants where execution_id = $1";
  expect(await world.database.row(count, text, [body.executionId])).toEqual({ count: "0" });
});

test("answerGrant() refuses an attempt that has ended", async () => {
  const body = grantBody(executor, pushed, { endsAt: Date.now() - 1 });
  expect(await codeOf(askGrant(world, executor, body))).toBe("NO_GRANT");
});

test("answerGrant() writes one audit row for each grant", async () => {
  const body = grantBody(executor, pushed);
  await askGrant(world, executor, body);
  const row = z.object({ action: z.string(), executor_id: z.string(), attempt: z.number(), detail: z.unknown() });
  const text = "select action, executor_id, attempt, detail from audit where execution_id = $1";
  expect(await world.database.rows(row, text, [body.executionId])).toEqual([
    {
      action: "grant",
      executor_id: executor.id,
      attempt: 1,
      detail: { package: pushed.packageId, project: pushed.projectId, uploads: 0 },
    },
  ]);
});
