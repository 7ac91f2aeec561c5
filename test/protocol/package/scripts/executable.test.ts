import { expect, test } from "vitest";
import { executableInZip, isExecutable } from "../../../../packages/protocol/src/package/scripts/executable.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["#!/bin/sh\n", undefined, true],
  ["#!/bin/sh\n", false, false],
  ["data", undefined, false],
  ["data", true, true],
  ["", undefined, false],
  ["\ufeff#!/bin/sh\n", undefined, false],
])("isExecutable() of %j with the bit %s is %s", (text, bit, expected) => {
  expect(isExecutable(bytesOf(text), bit)).toBe(expected);
});

test.each([
  [0o100755 << 16, true],
  [0o100644 << 16, false],
  [0o600 << 16, false],
  [0o100000 << 16, undefined],
  [0x20, undefined],
])("executableInZip() of the attributes %i is %s", (attributes, expected) => {
  expect(executableInZip(attributes >>> 0)).toBe(expected);
});
