import { fromBase64, toBase64 } from "@sealrun/crypto";
import { describe, expect, it } from "vitest";
import { lookUpSecret, openEventSecret } from "../../../../executor/src/worker/secrets/open-secret.ts";
import { secretName } from "@sealrun/protocol";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const token = secretName.parse("TOKEN");

describe("openEventSecret()", () => {
  it("refuses two secrets whose ciphertexts were swapped", async () => {
    const { attempt } = makeAttempt({ service: { A: "a", B: "b" } });
    const [a, b] = attempt.event.secrets;
    if (a === undefined || b === undefined) throw new TypeError("Expected two secrets");
    await expect(openEventSecret(attempt, { ...a, envelope: b.envelope })).rejects.toMatchObject({
      code: "WRONG_KEY_OR_CONTEXT",
    });
  });

  it("refuses a changed byte", async () => {
    const { attempt } = makeAttempt({ service: { A: "a" } });
    const [a] = attempt.event.secrets;
    if (a?.envelope === undefined) throw new TypeError("Expected an envelope");
    const bytes = fromBase64(a.envelope);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await expect(openEventSecret(attempt, { ...a, envelope: toBase64(bytes) })).rejects.toMatchObject({
      code: "TAMPERED",
    });
  });

  it("refuses fetched bytes that do not have the event's digest", async () => {
    const peer = makeAttempt({ service: { A: "a" }, byReference: true });
    peer.override.fetch = async () => ({ ok: true, size: 3, bytes: toBase64(Uint8Array.of(1, 2, 3)) });
    const [a] = peer.event.secrets;
    if (a === undefined) throw new TypeError("Expected a secret");
    await expect(openEventSecret(peer.attempt, a)).rejects.toMatchObject({ code: "TAMPERED" });
  });

  it("refuses the envelope of another attempt's secret of the same name", async () => {
    const { attempt } = makeAttempt({ service: { A: "a" } });
    const [a] = makeAttempt({ service: { A: "a" } }).event.secrets;
    if (a === undefined) throw new TypeError("Expected a secret");
    await expect(openEventSecret(attempt, a)).rejects.toMatchObject({ code: "WRONG_KEY_OR_CONTEXT" });
  });
});

describe("lookUpSecret()", () => {
  it("refuses the ciphertext of another name with the right key", async () => {
    const peer = makeAttempt();
    peer.put("project", "TOKEN", "right");
    peer.put("project", "OTHER", "wrong");
    const other = peer.stored.get("project OTHER");
    const { lookup } = peer.claimed.rpc;
    peer.override.lookup = async (body) => {
      delete peer.override.lookup;
      const answered = await lookup(body);
      if (!answered.value.found || other === undefined) return answered;
      return { ...answered, value: { ...answered.value, envelope: toBase64(other.envelope) } };
    };
    await expect(lookUpSecret(peer.attempt, token)).rejects.toMatchObject({ code: "WRONG_KEY_OR_CONTEXT" });
  });
});
