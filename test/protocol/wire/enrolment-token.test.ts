import { newId, randomBytes, toBase64 } from "@sealrun/crypto";
import {
  decodeEnrolmentToken,
  encodeEnrolmentToken,
  enrolmentToken,
  type EnrolmentToken,
  SealrunError,
} from "@sealrun/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { refusalOf } from "../../support/refusal.ts";

function tokenWith(pool: string): EnrolmentToken {
  return enrolmentToken.parse({
    id: newId("enrolment"),
    secret: toBase64(randomBytes(32)),
    url: "https://sealrun.example",
    pool,
    projects: [newId("project")],
    fingerprint: "SHA256:x",
    keyringBoxPublic: toBase64(randomBytes(32)),
  });
}

test("encodeEnrolmentToken() makes one word that decodes to the same token, whatever the pool's name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (pool) => {
      const token = tokenWith(pool);
      const text = encodeEnrolmentToken(token);
      expect(text).toMatch(/^sre_[A-Za-z0-9_-]+$/);
      expect(decodeEnrolmentToken(`  ${text}\n`)).toEqual(token);
    }),
  );
});

test("decodeEnrolmentToken() refuses every other text without quoting it", () => {
  const whole = encodeEnrolmentToken(tokenWith("default"));
  const broken = [whole.slice(0, -5), whole.slice(4), `sra_${whole.slice(4)}`, "sre_", "", "sre_e30", `${whole}!`];
  for (const text of broken) {
    const refusal = refusalOf(() => decodeEnrolmentToken(text));
    expect(refusal.code).toBe("ENROLMENT_REFUSED");
    if (text.length > 10) expect(refusal.message).not.toContain(text.slice(4, 14));
  }
});

test("decodeEnrolmentToken() ends with its own refusal for any text", () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (text, isPrefixed) => {
      try {
        decodeEnrolmentToken(isPrefixed ? `sre_${text}` : text);
      } catch (error) {
        expect(error).toBeInstanceOf(SealrunError);
      }
    }),
  );
});
