import { newId } from "@sealrun/crypto";
import { eventId, scheduleId, SealrunError, secretName } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { createPatientRpc } from "../../../../executor/src/supervisor/platform/patient-rpc.ts";
import type { PlatformRpc } from "../../../../executor/src/supervisor/platform/platform-rpc.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";
import { codeOf } from "../../../support/executions-world.ts";

const never = new AbortController().signal;
const name = secretName.parse("TOKEN");

/** A platform that first refuses lookups with these codes. */
function refusing(codes: readonly ConstructorParameters<typeof SealrunError>[0][]) {
  const peer = makeAttempt();
  const left = [...codes];
  const lookup: PlatformRpc["lookup"] = async (body) => {
    const code = left.shift();
    if (code !== undefined) throw new SealrunError(code, "");
    return peer.claimed.rpc.lookup(body);
  };
  return { peer, left, rpc: { ...peer.claimed.rpc, lookup } };
}

describe("createPatientRpc()", () => {
  it("retries while platform, database or keyring are away", async () => {
    const { peer, rpc } = refusing(["PLATFORM_UNREACHABLE", "POSTGRES_UNREACHABLE", "KEYRING_UNREACHABLE"]);
    const { value } = await createPatientRpc(rpc, never).lookup({ ...peer.attempt.ref, name });
    expect(value).toMatchObject({ found: false });
  });

  it("retries while a clock is wrong, also for an event and a schedule", async () => {
    const { peer, rpc } = refusing(["CLOCK_WRONG", "EXPIRED"]);
    const { value } = await createPatientRpc(rpc, never).lookup({ ...peer.attempt.ref, name });
    expect(value).toMatchObject({ found: false });
    const codes = ["CLOCK_WRONG", "LEASE_LOST"] as const;
    const refuse = (left: (typeof codes)[number][]) => async () => {
      throw new SealrunError(left.shift() ?? "INTERNAL", "");
    };
    const patient = createPatientRpc({ ...rpc, emit: refuse([...codes]), schedule: refuse([...codes]) }, never);
    const ref = peer.attempt.ref;
    const event = { id: eventId.parse(newId("event")), type: "paid", source: "shop", data: "" };
    expect(await codeOf(patient.emit({ ...ref, ...event }))).toBe("LEASE_LOST");
    const later = { id: scheduleId.parse(newId("schedule")), when: { delayMs: 1 }, sealedNames: [] };
    expect(await codeOf(patient.schedule({ ...ref, ...later }))).toBe("LEASE_LOST");
  });

  it("passes every other failure on at once", async () => {
    const { peer, left, rpc } = refusing(["LEASE_LOST", "NO_GRANT"]);
    expect(await codeOf(createPatientRpc(rpc, never).lookup({ ...peer.attempt.ref, name }))).toBe("LEASE_LOST");
    expect(left).toEqual(["NO_GRANT"]);
  });

  it("stops retrying when its attempt ends", async () => {
    const { peer, left, rpc } = refusing(["PLATFORM_UNREACHABLE", "PLATFORM_UNREACHABLE"]);
    const ended = createPatientRpc(rpc, AbortSignal.abort()).lookup({ ...peer.attempt.ref, name });
    expect(await codeOf(ended)).toBe("PLATFORM_UNREACHABLE");
    expect(left).toHaveLength(1);
  });
});
