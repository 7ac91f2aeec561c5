import {
  exportIdentity,
  generateIdentity,
  importIdentity,
  openWithKey,
  sealWithKey,
  spoolContext,
  spoolKey,
  toHex,
  utf8,
} from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";

const identity = generateIdentity("exr_1");
const place = { executorId: "exr_1", executionId: "exe_1", attempt: 1 };

test("spoolKey() is the same after the identity was read from its file again", () => {
  const sealed = sealWithKey(spoolKey(identity), spoolContext(place), utf8("an end"));
  const again = spoolKey(importIdentity(exportIdentity(identity)));
  expect(openWithKey(again, spoolContext(place), sealed)).toEqual(utf8("an end"));
});

test("spoolKey() is another one for each executor, and not the private key itself", () => {
  const key = spoolKey(identity);
  expect(toHex(spoolKey(generateIdentity("exr_2")).bytes)).not.toBe(toHex(key.bytes));
  expect(toHex(key.bytes)).not.toBe(toHex(identity.box.privateKey));
});

test("spoolKey() opens an end only in its own place", () => {
  const sealed = sealWithKey(spoolKey(identity), spoolContext(place), utf8("an end"));
  const elsewhere = spoolContext({ ...place, attempt: 2 });
  expect(codeOf(() => openWithKey(spoolKey(identity), elsewhere, sealed))).toBe("WRONG_KEY_OR_CONTEXT");
});
