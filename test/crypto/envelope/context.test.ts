import { lengthPrefixed, secretContext, stateContext, storedContext, toHex, utf8 } from "@sealrun/crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { allContexts } from "../all-contexts.ts";

test("secretContext() and the others start with their kind, and no two are equal", () => {
  const forms = allContexts.map((context) => toHex(lengthPrefixed(...context.map(utf8))));
  expect(new Set(forms).size).toBe(allContexts.length);
});

test("secretContext() is different when any part is", () => {
  const part = fc.string({ maxLength: 4 });
  const place = fc.record({ platformId: part, scope: fc.constant("service" as const), ownerId: part, name: part });
  fc.assert(
    fc.property(place, place, (left, right) => {
      const same = JSON.stringify(left) === JSON.stringify(right);
      expect(JSON.stringify(secretContext(left)) === JSON.stringify(secretContext(right))).toBe(same);
    }),
  );
});

test("storedContext() keeps the inner place and is none itself", () => {
  const inner = stateContext({ platformId: "p", packageId: "k", key: "stored" });
  expect(storedContext(inner)).toEqual(["stored", ...inner]);
});
