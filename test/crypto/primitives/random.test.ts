import { newId, randomBytes, toHex } from "@sealrun/crypto";
import { packageId } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("randomBytes() fills a new buffer, differently each time", () => {
  const all = Array.from({ length: 100 }, () => randomBytes(16));
  expect(new Set(all.map(toHex)).size).toBe(100);
  expect(all.every((bytes) => bytes.byteOffset === 0 && bytes.buffer.byteLength === 16)).toBe(true);
});

test("newId() makes ids that the protocol parses, never the same twice", () => {
  const ids = Array.from({ length: 100 }, () => packageId.parse(newId("package")));
  expect(new Set(ids).size).toBe(100);
});
