import { newId } from "@sealrun/crypto";
import { encodeJson, limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { readClaims } from "../../../packages/keyring/src/attempts/read-claims.ts";
import { refusalOf } from "../../support/refusal.ts";

const claimOf = () => ({ requestId: newId("request"), executionId: newId("execution"), generation: 1 });
const read = (body: unknown) => readClaims(encodeJson(body));

test("readClaims() gives each execution the id of its own claim", () => {
  const claims = [claimOf(), claimOf()];
  expect([...read({ claims })]).toEqual(claims.map(({ executionId, requestId }) => [executionId, requestId]));
});

test("readClaims() refuses none, more than one message holds, and another body", () => {
  const tooMany = Array.from({ length: limits.batchItems + 1 }, claimOf);
  for (const body of [{ claims: [] }, { claims: tooMany }, { claims: [{ executionId: "x" }] }, claimOf(), {}, []]) {
    expect(refusalOf(() => read(body)).code).toBe("MALFORMED");
  }
});
