import { newId } from "@sealrun/crypto";
import { encodeJson, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, readQuestion, verbOf } from "../../../packages/keyring/src/attempts/key-lookup.ts";
import { refusalOf } from "../../support/refusal.ts";

const secret = { kind: "secret", scope: "project", prefix: "" } as const;
const state = { kind: "state", key: "a", prefix: "" } as const;
const held = { executionId: newId("execution"), attempt: 3 };

test("verbOf() names the executor's request that the entries belong to", () => {
  expect(verbOf([secret])).toBe("lookup");
  expect(verbOf([state, state])).toBe("state");
  for (const entries of [
    [secret, secret],
    [secret, state],
    [state, secret],
  ]) {
    expect(refusalOf(() => verbOf(entries)).code).toBe("MALFORMED");
  }
});

test("readQuestion() takes the name from the frame and the scope from the entry", () => {
  const question = readQuestion(encodeJson({ ...held, name: "DB_PASS" }), [secret]);
  expect(question).toMatchObject({ ...held, detail: { name: "DB_PASS", scope: "project" } });
});

test("readQuestion() refuses an entry of another scope than the frame asks for", () => {
  const asked = (scope: string) => encodeJson({ ...held, name: "DB_PASS", scope });
  expect(readQuestion(asked("project"), [secret])).toMatchObject({ detail: { scope: "project" } });
  expect(refusalOf(() => readQuestion(asked("service"), [secret])).code).toBe("NO_GRANT");
});

test("readQuestion() refuses a put, and a body of the other request", () => {
  const put = encodeJson({ ...held, op: "put", key: "a", envelope: "" });
  expect(refusalOf(() => readQuestion(put, [state])).code).toBe("MALFORMED");
  expect(refusalOf(() => readQuestion(encodeJson({ ...held, op: "get" }), [secret])).code).toBe("MALFORMED");
});

test("readQuestion() ends any other body with MALFORMED", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(secret, state), (body, entry) => {
      try {
        readQuestion(body, [entry]);
      } catch (error) {
        expect(error instanceof SealrunError && error.code).toBe("MALFORMED");
      }
    }),
  );
});

test("digestOf() differs when any part of any entry does", () => {
  const variants = [
    [secret],
    [state],
    [state, state],
    [{ ...state, key: "b" }],
    [{ ...secret, scope: "service" as const }],
  ];
  expect(new Set(variants.map((entries) => digestOf(entries))).size).toBe(variants.length);
});
