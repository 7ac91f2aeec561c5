import { createHash, randomBytes } from "node:crypto";
import {
  createBatchSealer,
  generateScopeKey,
  newId,
  readEnvelope,
  rootKeyFromBytes,
  secretContext,
  toBase64,
  toHex,
} from "@sealrun/crypto";
import { platformId, SealrunError, secretName } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStored, sealIncoming } from "../../../packages/platform/src/secrets/sealed-value.ts";

const own = platformId.parse(newId("platform"));
const deps = { platformId: own, storageKey: rootKeyFromBytes(randomBytes(32)) };
const place = { scope: "platform", ownerId: own } as const;
const pair = generateScopeKey();
const key = { statement: { body: "", signature: "" }, publicKey: pair.publicKey, keyId: toHex(pair.id) };
const name = secretName.parse("DB_PASS");
const envelope = createBatchSealer(pair.publicKey).seal(
  secretContext({ platformId: own, ...place, name }),
  Buffer.from('"s3cret"'),
);

describe("sealIncoming()", () => {
  test("sealIncoming() lays an outer layer around the envelope and tells what an event needs of it", () => {
    const [value] = sealIncoming(deps, place, key, [{ name, envelope: toBase64(envelope) }]);
    if (value === undefined) throw new TypeError("Expected a value");
    expect(value).toMatchObject({
      name,
      size: envelope.length,
      sha256: createHash("sha256").update(envelope).digest("hex"),
      keyId: toHex(pair.id),
    });
    const parts = readEnvelope(envelope);
    expect(parts.algorithm === 2 && toHex(parts.ephemeral)).toBe(toHex(value.ephemeral));
    expect(Buffer.from(value.sealed).includes(Buffer.from(envelope))).toBe(false);
    expect(toHex(openStored(deps, { ...place, name, sealed: value.sealed }))).toBe(toHex(envelope));
  });

  test("sealIncoming() refuses any bytes, only with errors of the table", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          sealIncoming(deps, place, key, [{ name, envelope: bytes }]);
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
          expect(error).toMatchObject({ code: "BAD_REQUEST" });
          return;
        }
        throw new TypeError("Expected a refusal");
      }),
    );
  });
});
