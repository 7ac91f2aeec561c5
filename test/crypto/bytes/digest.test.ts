import { sha256Hex } from "@sealrun/crypto";
import { expect, test } from "vitest";

test("sha256Hex() gives the published digest of abc", () => {
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256Hex(Uint8Array.of(0x61, 0x62, 0x63))).toBe(digest);
});
