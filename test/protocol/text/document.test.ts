import { limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseDocument, refuseUnknown } from "../../../packages/protocol/src/text/document.ts";
import { jsonBytes, refusalOf } from "../../support/refusal.ts";

const about = { file: "config.json", code: "CONFIG_FILE_INVALID" } as const;

test("parseDocument() names file, field and expectation", () => {
  const refusal = refusalOf(() =>
    parseDocument(z.object({ a: z.array(z.string()) }), jsonBytes({ a: ["x", 1] }), about),
  );
  expect([refusal.code, refusal.message]).toEqual(["CONFIG_FILE_INVALID", "config.json: a[1]: expected a string"]);
});

test("parseDocument() refuses a document over its limit", () => {
  expect(refusalOf(() => parseDocument(z.json(), new Uint8Array(limits.documentBytes + 1), about)).code).toBe(
    "VALUE_TOO_LARGE",
  );
});

test("refuseUnknown() lists the known fields when none is near", () => {
  const parsed = z.strictObject({ a: z.string() }, { error: refuseUnknown(["a"]) }).safeParse({ a: "x", zebra: 1 });
  expect(parsed.error?.issues[0]?.message).toBe('unknown field "zebra"; known are "a"');
});
