import { randomBytes, rootKeyFromBytes, sealCheckValue, toHex, verifyCheckValue } from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf, flipped } from "../code-of.ts";

const bytes = randomBytes(32);
const key = rootKeyFromBytes(bytes);

test("rootKeyFromBytes() gives one key one id, and holds a copy", () => {
  const file = new Uint8Array(bytes);
  const again = rootKeyFromBytes(file);
  file.fill(0);
  expect(again).toEqual(key);
  expect(toHex(rootKeyFromBytes(randomBytes(32)).id)).not.toBe(toHex(key.id));
});

test("rootKeyFromBytes() refuses another length and one byte repeated", () => {
  for (const length of [0, 31, 33, 44]) {
    expect(codeOf(() => rootKeyFromBytes(randomBytes(length)))).toBe("ROOT_KEY_UNREADABLE");
  }
  expect(codeOf(() => rootKeyFromBytes(new Uint8Array(32)))).toBe("ROOT_KEY_UNREADABLE");
});

test("verifyCheckValue() accepts the key that the value was made with", () => {
  expect(codeOf(() => verifyCheckValue(key, "storage", sealCheckValue(key, "storage")))).toBe("none");
});

test("verifyCheckValue() names both ids when the key is another one", () => {
  const other = rootKeyFromBytes(randomBytes(32));
  const verify = () => verifyCheckValue(other, "storage", sealCheckValue(key, "storage"));
  expect(codeOf(verify)).toBe("WRONG_ROOT_KEY");
  expect(verify).toThrow(toHex(key.id));
  expect(verify).toThrow(toHex(other.id));
});

test("verifyCheckValue() refuses the other kind's value and every changed byte", () => {
  const stored = sealCheckValue(key, "storage");
  expect(codeOf(() => verifyCheckValue(key, "wrapping", stored))).toBe("WRONG_KEY_OR_CONTEXT");
  for (let index = 0; index < stored.length; index += 1) {
    expect(codeOf(() => verifyCheckValue(key, "storage", flipped(stored, index)))).not.toBe("none");
  }
});
