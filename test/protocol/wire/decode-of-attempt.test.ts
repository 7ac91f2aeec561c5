import { decodeOfAttempt, encodeJson, executionId, lookupRequest, stateRequest } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../../support/refusal.ts";

const header = { executionId: "exe_00000000000000000001", attempt: 2 };
const ref = { executionId: executionId.parse(header.executionId), attempt: 2 };
const bodyOf = (more: object) => encodeJson({ name: "A", ...more });

describe("decodeOfAttempt()", () => {
  test("decodeOfAttempt() takes the attempt from the header", () => {
    expect(decodeOfAttempt(lookupRequest, { header, body: bodyOf({}) })).toEqual({ ...ref, name: "A" });
    const state = { header, body: encodeJson({ op: "get" }) };
    expect(decodeOfAttempt(stateRequest, state)).toEqual({ ...ref, op: "get" });
  });

  test("decodeOfAttempt() lets the body repeat the attempt of the header, and name no other", () => {
    const read = (more: object) => decodeOfAttempt(lookupRequest, { header, body: bodyOf(more) });
    for (const same of [header, { attempt: 2 }, { executionId: header.executionId }]) {
      expect(read(same)).toEqual({ ...ref, name: "A" });
    }
    const other = { executionId: "exe_00000000000000000002", attempt: 3 };
    for (const odd of [
      other,
      { ...other, attempt: 2 },
      { ...header, attempt: 3 },
      { attempt: "2" },
      { attempt: [2] },
    ]) {
      const refusal = refusalOf(() => read(odd));
      expect(refusal.code).toBe("MALFORMED");
      expect(refusal.message).toContain("or those of its header");
    }
  });

  test("decodeOfAttempt() refuses a header that names no attempt, whatever the body names", () => {
    for (const odd of [{}, { attempt: 2 }, { executionId: "x", attempt: 2 }, { ...header, attempt: 2_147_483_648 }]) {
      const refusal = refusalOf(() => decodeOfAttempt(lookupRequest, { header: odd, body: bodyOf(header) }));
      expect(refusal.code).toBe("MALFORMED");
      expect(refusal.message).toContain("in the header of the message");
    }
  });

  test("decodeOfAttempt() refuses a body that is not an object of the schema", () => {
    for (const body of ["[]", "null", "1", "", "{}"]) {
      expect(refusalOf(() => decodeOfAttempt(lookupRequest, { header, body: Buffer.from(body) })).code).toBe(
        "MALFORMED",
      );
    }
  });
});
