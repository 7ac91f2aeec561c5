import { generateIdentity, grantContext, lookupContext, openBoxed, sealTo, utf8 } from "@sealrun/crypto";
import { expect, test } from "vitest";
import { codeOf } from "../code-of.ts";

const executor = generateIdentity("exr_1");
const attempt = { platformId: "plt_1", executionId: "exe_1", attempt: 1, executorId: "exr_1" };

test("openBoxed() opens what sealTo() boxed to this executor for this attempt", () => {
  const boxed = sealTo(executor.box.publicKey, grantContext(attempt), utf8("grant"));
  expect(openBoxed(executor.box, grantContext(attempt), boxed)).toEqual(utf8("grant"));
});

test("openBoxed() refuses another executor, another attempt, and a lookup's reply as a grant", () => {
  const boxed = sealTo(executor.box.publicKey, grantContext(attempt), utf8("grant"));
  const other = generateIdentity("exr_2").box;
  const lookup = lookupContext({ ...attempt, requestId: "req_1" });
  expect(codeOf(() => openBoxed(other, grantContext(attempt), boxed))).toBe("WRONG_KEY_OR_CONTEXT");
  expect(codeOf(() => openBoxed(executor.box, grantContext({ ...attempt, attempt: 2 }), boxed))).toBe(
    "WRONG_KEY_OR_CONTEXT",
  );
  expect(codeOf(() => openBoxed(executor.box, lookup, boxed))).toBe("WRONG_KEY_OR_CONTEXT");
});
