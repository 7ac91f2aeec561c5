import { checkFingerprint, fingerprint, generateIdentity, parseFingerprint } from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";

const { signPublic } = generateIdentity("keyring");

test("fingerprint() is SHA256: and 43 characters that parseFingerprint() reads", () => {
  expect(fingerprint(signPublic)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(parseFingerprint(fingerprint(signPublic)).length).toBe(32);
});

test("checkFingerprint() accepts its key and names both when it is another", () => {
  const other = generateIdentity("keyring").signPublic;
  expect(codeOf(() => checkFingerprint(fingerprint(signPublic), signPublic))).toBe("none");
  expect(codeOf(() => checkFingerprint(fingerprint(signPublic), other))).toBe("FINGERPRINT_MISMATCH");
  expect(() => checkFingerprint(fingerprint(signPublic), other)).toThrow(fingerprint(other));
});

test.each([
  "",
  "SHA256:",
  `SHA256:${"A".repeat(42)}`,
  `SHA256:${"A".repeat(43)}=`,
  `MD5:${"A".repeat(43)}`,
  `SHA256:${"é".repeat(43)}`,
])("parseFingerprint() refuses %j", (text) => {
  expect(codeOf(() => parseFingerprint(text))).toBe("BAD_FORMAT");
});
