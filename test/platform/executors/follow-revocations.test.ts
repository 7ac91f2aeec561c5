import { revokeExecutor } from "@sealrun/keyring";
import { newId } from "@sealrun/crypto";
import { eventId, executorId, executorList, limits, scheduleId, SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { followRevocations } from "../../../packages/platform/src/executors/follow-revocations.ts";
import { ask } from "../../support/api.ts";
import { openCountedDeps } from "../../support/counted-deps.ts";
import { enrolPeer, type PeerAttempt } from "../../support/executor-peer.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const emit = async ({ ref, rpc }: PeerAttempt) =>
  rpc.emit({ ...ref, id: eventId.parse(newId("event")), type: "made.up", source: "test" }).then(
    () => "ok",
    (error: unknown) => (error instanceof SealrunError ? error.code : "failed"),
  );

describe("followRevocations()", () => {
  test("followRevocations() refuses a revoked executor here too, and no other", async () => {
    const other = await enrolPeer(world.platform);
    const attempt = await world.claim("report");
    await other.rpc.presence({ slots: 1, running: 0, draining: false });
    expect(await other.rpc.renew(attempt.ref).catch(() => "refused")).toBe("refused");
    const { id } = other.state.identity;
    await revokeExecutor(world.platform.keyringConfig, id);
    const said = { slots: 1, running: 0, draining: false };
    await until(
      async () =>
        (await other.rpc.presence(said).then(
          () => "",
          () => "refused",
        )) === "refused",
    );
    expect(await codeOf(other.rpc.presence(said))).toBe("NOT_ENROLLED");
    expect(await attempt.rpc.renew(attempt.ref)).toMatchObject({ ok: true });
    const { executors } = await ask(world.platform, executorList, ["GET", "/executors"]);
    expect(executors.find((each) => each.id === id)?.revokedAt).toMatch(/^20/);
    expect(executors.find((each) => each.id === world.peer.state.identity.id)?.revokedAt).toBeNull();
    const audit = "select actor from audit where action = 'executor.revoke' and object = $1";
    expect(await world.database.rows(z.object({ actor: z.string() }), audit, [id])).toEqual([{ actor: "keyring" }]);
    await other.close();
  });

  test("followRevocations() lets a platform that has just started store for executors at once", async () => {
    const attempt = await world.claim("report");
    const { revocationsAgeMs } = limits;
    // It is asked again before every request.
    Object.assign(limits, { revocationsAgeMs: -1 });
    expect(await emit(attempt)).toBe("ok");
    Object.assign(limits, { revocationsAgeMs });
  });

  test("followRevocations() lets no request pass by which it learns that its executor was revoked", async () => {
    const counted = await openCountedDeps(world.platform);
    const other = await enrolPeer(world.platform);
    const revocations = followRevocations(counted.deps);
    const { revocationsAgeMs } = limits;
    Object.assign(limits, { revocationsAgeMs: -1 });
    const id = executorId.parse(other.state.identity.id);
    await revocations.checkKnown(id);
    await revokeExecutor(world.platform.keyringConfig, id);
    expect(await codeOf(revocations.checkKnown(id))).toBe("NOT_ENROLLED");
    await revocations.checkKnown(executorId.parse(world.peer.state.identity.id));
    Object.assign(limits, { revocationsAgeMs });
    await revocations.close();
    await other.close();
    await counted.close();
  });

  // Last: it ends the keyring that the others need.
  test("followRevocations() lets no executor store anything, when the keyring's word is held back for long", async () => {
    const attempt = await world.claim("report");
    await world.platform.stopKeyring();
    // Not yet known here, and never said: the messages of the keyring do not arrive.
    await revokeExecutor(world.platform.keyringConfig, attempt.executorId);
    expect(await emit(attempt)).toBe("ok");
    const { revocationsAgeMs } = limits;
    Object.assign(limits, { revocationsAgeMs: 1_500 });
    await until(async () => (await emit(attempt)) === "KEYRING_UNREACHABLE");
    const { ref, rpc } = attempt;
    const put = { ...ref, op: "put", key: "k", envelope: "AAAA" } as const;
    expect(await codeOf(rpc.state(put))).toBe("KEYRING_UNREACHABLE");
    const when = { delayMs: 3_600_000 };
    const schedule = { ...ref, id: scheduleId.parse(newId("schedule")), when, sealedNames: [] };
    expect(await codeOf(rpc.schedule(schedule))).toBe("KEYRING_UNREACHABLE");
    // An outage of the keyring ends no run.
    expect(await rpc.renew(ref)).toMatchObject({ ok: true });
    expect(await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 })).toEqual([]);
    Object.assign(limits, { revocationsAgeMs });
  });
});
