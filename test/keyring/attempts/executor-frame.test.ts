import { fromBase64, generateIdentity, type Identity, newId } from "@sealrun/crypto";
import { executorId, projectId } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrolExecutor, revoke } from "../enrolment/enrol-executor.ts";
import { checkProjectRight } from "../../../packages/keyring/src/attempts/executor-frame.ts";
import { refusalOf } from "../../support/refusal.ts";
import { codeOf, flipBit, startWorld, type World } from "../world.ts";
import { askGrant, batchFrame, grantBody, newExecution, type PushedPackage, pushPackage } from "./attempt.ts";

let world: World;
let executor: Identity;
let pushed: PushedPackage;
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
  pushed = await pushPackage(world);
});
afterAll(async () => world.close());

const own32 = new Uint8Array(32);

test("openExecutorFrame() refuses an executor that is not enrolled", async () => {
  const stranger = generateIdentity(newId("executor"));
  expect(await codeOf(askGrant(world, stranger, grantBody(stranger, pushed)))).toBe("NOT_ENROLLED");
});

test("openExecutorFrame() refuses a revoked executor", async () => {
  const revoked = await enrolExecutor(world);
  await revoke(world, revoked);
  expect(await codeOf(askGrant(world, revoked, grantBody(revoked, pushed)))).toBe("NOT_ENROLLED");
});

test("openExecutorFrame() refuses a claim that another executor signed", async () => {
  const other = await enrolExecutor(world);
  const body = grantBody(other, pushed, { executorId: executor.id });
  expect(await codeOf(askGrant(world, executor, body))).toBe("UNKNOWN_SENDER");
});

test("openExecutorFrame() refuses a claim with any byte changed", async () => {
  const body = grantBody(executor, pushed);
  const size = fromBase64(body.frame).length;
  for (const index of [0, 10, Math.floor(size / 2), size - 65, size - 1]) {
    const changed = { ...body, frame: flipBit(body.frame, index) };
    expect(["BAD_SIGNATURE", "BAD_FORMAT", "MALFORMED", "UNKNOWN_SENDER"]).toContain(
      await codeOf(askGrant(world, executor, changed)),
    );
  }
});

test("openExecutorFrame() refuses a claim that is too old, and one of another kind or subject", async () => {
  const id = newExecution();
  const cases = [
    { header: { time: Date.now() - 120_000 }, code: "EXPIRED" },
    { header: { time: Date.now() + 120_000 }, code: "EXPIRED" },
    { header: { kind: "renew.request" }, code: "MALFORMED" },
    { header: { subject: "sealrun.rpc.exr_00000000000000000000.claim" }, code: "REPLAYED" },
  ];
  for (const { header, code } of cases) {
    const changed = { frame: batchFrame(executor, [id], undefined, header) };
    expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, changed, id)))).toBe(code);
  }
});

test("checkProjectRight() lets an executor run every project, or only those of its list", () => {
  const [own, other] = [projectId.parse(newId("project")), projectId.parse(newId("project"))];
  const rights = { id: executorId.parse(newId("executor")), sign_public: own32, box_public: own32, is_revoked: false };
  checkProjectRight({ ...rights, projects: "all" }, other);
  checkProjectRight({ ...rights, projects: [own] }, own);
  for (const projects of [[own], []]) {
    expect(refusalOf(() => checkProjectRight({ ...rights, projects }, other)).code).toBe("NOT_ENROLLED");
  }
});
