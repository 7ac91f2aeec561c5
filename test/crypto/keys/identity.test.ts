import {
  exportIdentity,
  fromUtf8,
  generateIdentity,
  importIdentity,
  sign,
  toBase64,
  toPublicIdentity,
  utf8,
  verify,
} from "@sealrun/crypto";
import { publicIdentity } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";

const identity = generateIdentity("plt_00000000000000000000");

test("importIdentity() undoes exportIdentity()", () => {
  const again = importIdentity(exportIdentity(identity));
  expect(again).toEqual(identity);
  expect(verify(identity.signPublic, utf8("x"), sign(again.signPrivate, utf8("x")))).toBe(true);
});

test("generateIdentity() gives different keys to the same id", () => {
  const other = generateIdentity(identity.id);
  expect(toBase64(other.signPublic)).not.toBe(toBase64(identity.signPublic));
  expect(toBase64(other.box.publicKey)).not.toBe(toBase64(identity.box.publicKey));
});

test("toPublicIdentity() holds no private key", () => {
  const stated = toPublicIdentity(identity);
  expect(publicIdentity.parse(stated)).toEqual(stated);
  expect(Object.keys(stated)).toEqual(["id", "signPublic", "boxPublic"]);
});

test.each(["signPublic", "boxPublic", "signPrivate", "boxPrivate"])(
  "importIdentity() refuses a file whose %s was changed",
  (field) => {
    const text = fromUtf8(exportIdentity(identity));
    const changed = text.replace(new RegExp(`("${field}": ")[^"]+`), `$1${toBase64(new Uint8Array(32).fill(5))}`);
    expect(codeOf(() => importIdentity(utf8(changed)))).toBe("MALFORMED");
  },
);

test.each(["", "{}", "[]", "{", '{"id":"x"}'])("importIdentity() refuses %j and quotes nothing", (text) => {
  expect(codeOf(() => importIdentity(utf8(text)))).toBe("MALFORMED");
});
