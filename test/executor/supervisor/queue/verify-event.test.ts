import { newId, signFrame } from "@sealrun/crypto";
import { encodeJson, type ExecutionEvent, subjects } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { verifyEvent } from "../../../../executor/src/supervisor/queue/verify-event.ts";
import { type AttemptPeer, makeAttempt } from "../../../support/attempt-peer.ts";

function frameOf(peer: AttemptPeer, event: ExecutionEvent = peer.event, signer = peer.platform): Uint8Array {
  const header = {
    v: 1 as const,
    kind: "event",
    subject: subjects.executions(peer.event.pool),
    sender: signer.id,
    requestId: newId("request"),
    time: Date.now(),
  };
  return signFrame(signer, header, encodeJson(event));
}

function trustOf(peer: AttemptPeer) {
  return { platform: { id: peer.platform.id, signPublic: peer.platform.signPublic }, pool: peer.event.pool };
}

describe("verifyEvent()", () => {
  it("gives the event that the platform signed for the pool", () => {
    const peer = makeAttempt({ service: { A: 1 } });
    expect(verifyEvent(frameOf(peer), trustOf(peer), Date.now()).executionId).toBe(peer.event.executionId);
  });

  it("refuses an event with any byte changed", () => {
    const peer = makeAttempt();
    const frame = frameOf(peer);
    for (const at of [3, 20, Math.floor(frame.length / 2), frame.length - 1]) {
      const changed = Uint8Array.from(frame);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => verifyEvent(changed, trustOf(peer), Date.now())).toThrow();
    }
  });

  it("refuses an event that another key signed", () => {
    const peer = makeAttempt();
    const stranger = { ...makeAttempt().platform, id: peer.platform.id };
    expect(() => verifyEvent(frameOf(peer, peer.event, stranger), trustOf(peer), Date.now())).toThrow(
      expect.objectContaining({ code: "BAD_SIGNATURE" }),
    );
    expect(() => verifyEvent(frameOf(peer, peer.event, peer.executor), trustOf(peer), Date.now())).toThrow(
      expect.objectContaining({ code: "UNKNOWN_SENDER" }),
    );
  });

  it("refuses an expired event", () => {
    const peer = makeAttempt();
    const frame = frameOf(peer, { ...peer.event, expiresAt: Date.now() - 1 });
    expect(() => verifyEvent(frame, trustOf(peer), Date.now())).toThrow(expect.objectContaining({ code: "EXPIRED" }));
  });

  it("refuses an event for another pool", () => {
    const peer = makeAttempt();
    const other = makeAttempt().event.pool;
    expect(() => verifyEvent(frameOf(peer), { ...trustOf(peer), pool: other }, Date.now())).toThrow();
    const mislabelled = frameOf(peer, { ...peer.event, pool: other });
    expect(() => verifyEvent(mislabelled, trustOf(peer), Date.now())).toThrow(
      expect.objectContaining({ code: "MALFORMED" }),
    );
  });
});
