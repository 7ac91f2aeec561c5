import { type EventSecret, limits, SealrunError } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import type { PlatformRpc } from "../../../../executor/src/supervisor/platform/platform-rpc.ts";
import { createEventKeys } from "../../../../executor/src/worker/secrets/event-keys.ts";
import { openEventSecret } from "../../../../executor/src/worker/secrets/open-secret.ts";
import { type AttemptPeer, makeAttempt } from "../../../support/attempt-peer.ts";

const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`N${index}`, `value ${index}`]));
const secretOf = ({ event }: AttemptPeer, name: string): EventSecret => {
  const secret = event.secrets.find((candidate) => candidate.name === name);
  if (secret === undefined) throw new TypeError(`The event has no ${name}`);
  return secret;
};

describe("createEventKeys()", () => {
  it("takes a key from the grant without asking", async () => {
    const peer = makeAttempt({ service: { A: 1 } });
    expect(await createEventKeys(peer.attempt).find(secretOf(peer, "A"))).toHaveLength(64);
    expect(peer.asked).toEqual([]);
  });

  it("looks up keys that the grant lacks, 64 at a time, and each only once", async () => {
    const peer = makeAttempt({ service: many });
    const keys = createEventKeys(peer.attempt);
    const found = await Promise.all(
      peer.event.secrets.map(async (secret) => openEventSecret(peer.attempt, secret, keys)),
    );
    expect(found.map(({ value }) => value)).toEqual(Object.values(many));
    expect(peer.asked.map((line) => line.split(" ").length - 3)).toEqual([64, 150 - 2 * limits.grantSecrets]);
    const names = peer.asked.flatMap((line) => line.split(" ").slice(3));
    expect(names).toEqual(Object.keys(many).slice(limits.grantSecrets));
  });

  it("asks for nothing but what is read", async () => {
    const peer = makeAttempt({ service: many, grantedSecrets: 0 });
    const keys = createEventKeys(peer.attempt);
    for (const name of ["N7", "N3", "N7"]) await openEventSecret(peer.attempt, secretOf(peer, name), keys);
    expect(peer.asked).toEqual(["lookup keys of N7", "lookup keys of N3"]);
  });

  it("asks for no more bytes at once than an event holds", async () => {
    const values = Object.fromEntries(["A", "B", "C", "D"].map((name) => [name, name.repeat(200_000)]));
    const peer = makeAttempt({
      service: { ...values, LARGE: "x".repeat(900_000) },
      byReference: true,
      grantedSecrets: 0,
    });
    const keys = createEventKeys(peer.attempt);
    await Promise.all(peer.event.secrets.map(async (secret) => keys.find(secret)));
    expect(peer.asked).toEqual(["lookup keys of A B", "lookup keys of C D", "lookup keys of LARGE"]);
  });

  it("asks for each alone when a lookup of several is refused, so that one bad value spoils no other", async () => {
    const peer = makeAttempt({ service: { A: 1, B: 2, C: 3 }, grantedSecrets: 0 });
    const override: PlatformRpc["lookUpKeys"] = async (body) => {
      if (body.values.some(({ name }) => name === "B")) throw new SealrunError("TAMPERED", "");
      delete peer.override.lookUpKeys;
      const answer = peer.claimed.rpc.lookUpKeys(body);
      peer.override.lookUpKeys = override;
      return answer;
    };
    peer.override.lookUpKeys = override;
    const keys = createEventKeys(peer.attempt);
    const found = await Promise.allSettled(["A", "B", "C"].map(async (name) => keys.find(secretOf(peer, name))));
    expect(found.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("says REPLACED for a version that is no longer stored, and gives the others of its lookup", async () => {
    const peer = makeAttempt({ service: { A: 1, B: 2 }, grantedSecrets: 0 });
    peer.put("service", "A", "newer");
    const keys = createEventKeys(peer.attempt);
    const [, other] = await Promise.all([
      expect(keys.find(secretOf(peer, "A"))).rejects.toMatchObject({ code: "REPLACED" }),
      keys.find(secretOf(peer, "B")),
    ]);
    expect(other).toHaveLength(64);
    expect(peer.asked).toEqual(["lookup keys of A B"]);
  });

  it("tries again after a failure", async () => {
    const peer = makeAttempt({ service: { A: 1 }, grantedSecrets: 0 });
    peer.override.lookUpKeys = async () => {
      delete peer.override.lookUpKeys;
      throw new SealrunError("NO_GRANT", "");
    };
    const keys = createEventKeys(peer.attempt);
    await expect(keys.find(secretOf(peer, "A"))).rejects.toMatchObject({ code: "NO_GRANT" });
    expect(await keys.find(secretOf(peer, "A"))).toHaveLength(64);
  });

  it("refuses an answer whose names do not fit its keys", async () => {
    const peer = makeAttempt({ service: { A: 1, B: 2 }, grantedSecrets: 0 });
    const { lookUpKeys } = peer.claimed.rpc;
    peer.override.lookUpKeys = async (body) => {
      delete peer.override.lookUpKeys;
      const answered = await lookUpKeys(body);
      return { ...answered, value: { ...answered.value, names: answered.value.names.slice(1) } };
    };
    await expect(createEventKeys(peer.attempt).find(secretOf(peer, "A"))).rejects.toMatchObject({ code: "MALFORMED" });
  });

  it("opens nothing with a key that was answered for another name", async () => {
    const peer = makeAttempt({ service: { A: 1, B: 2 }, grantedSecrets: 0 });
    const { lookUpKeys } = peer.claimed.rpc;
    peer.override.lookUpKeys = async (body) => {
      delete peer.override.lookUpKeys;
      const answered = await lookUpKeys(body);
      return { ...answered, value: { ...answered.value, names: answered.value.names.toReversed() } };
    };
    const keys = createEventKeys(peer.attempt);
    const opened = await Promise.allSettled(
      ["A", "B"].map(async (name) => openEventSecret(peer.attempt, secretOf(peer, name), keys)),
    );
    expect(opened).toEqual(
      ["A", "B"].map(() => ({
        status: "rejected",
        reason: expect.objectContaining({ code: "WRONG_KEY_OR_CONTEXT" }),
      })),
    );
  });
});
