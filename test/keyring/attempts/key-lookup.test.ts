import { newId } from "@sealrun/crypto";
import { encodeJson, SealrunError, secretName } from "@sealrun/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, readKeyLookup, verbOf } from "../../../packages/keyring/src/attempts/key-lookup.ts";
import { refusalOf } from "../../support/refusal.ts";

const secret = { kind: "secret", scope: "project", prefix: "" } as const;
const state = { kind: "state", key: "a", prefix: "" } as const;
const event = { kind: "event-secret", name: secretName.parse("A"), prefix: "" } as const;
const ref = { executionId: newId("execution"), attempt: 3 };
const frameOf = (body: object) => ({ header: ref, body: encodeJson(body) });

test("verbOf() names the executor's request that the entries belong to", () => {
  expect(verbOf([secret])).toBe("lookup");
  expect(verbOf([state, state])).toBe("state");
  expect(verbOf([event, event])).toBe("lookup");
  for (const entries of [
    [secret, secret],
    [secret, state],
    [state, secret],
    [event, secret],
    [state, event],
  ]) {
    expect(refusalOf(() => verbOf(entries)).code).toBe("MALFORMED");
  }
});

test("readKeyLookup() takes the name from the frame and the scope from the entry", () => {
  const lookup = readKeyLookup(frameOf({ name: "DB_PASS" }), [secret]);
  expect(lookup).toMatchObject({ ...ref, detail: { name: "DB_PASS", scope: "project" } });
});

test("readKeyLookup() refuses an entry of another scope than the frame asks for", () => {
  const asked = (scope: string) => frameOf({ name: "DB_PASS", scope });
  expect(readKeyLookup(asked("project"), [secret])).toMatchObject({ detail: { scope: "project" } });
  expect(refusalOf(() => readKeyLookup(asked("service"), [secret])).code).toBe("NO_GRANT");
});

test("readKeyLookup() refuses a put, and a body of the other request", () => {
  const put = frameOf({ op: "put", key: "a", envelope: "" });
  expect(refusalOf(() => readKeyLookup(put, [state])).code).toBe("MALFORMED");
  expect(refusalOf(() => readKeyLookup(frameOf({ op: "get" }), [secret])).code).toBe("MALFORMED");
});

test("readKeyLookup() takes secrets of the event only under names of the frame, each once", () => {
  const asked = (names: readonly string[]) =>
    frameOf({ values: names.map((name) => ({ name, id: newId("secret"), version: 1 })) });
  const found = readKeyLookup(asked(["B", "A"]), [event]);
  expect(found).toMatchObject({ ...ref, detail: { scope: "service", names: ["A"] } });
  expect(refusalOf(() => readKeyLookup(asked(["B"]), [event])).code).toBe("NO_GRANT");
  expect(refusalOf(() => readKeyLookup(asked(["A"]), [event, event])).code).toBe("NO_GRANT");
  expect(refusalOf(() => readKeyLookup(frameOf({ name: "A" }), [event])).code).toBe("MALFORMED");
});

test("readKeyLookup() ends any other body with MALFORMED", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(secret, event, state), (body, entry) => {
      try {
        readKeyLookup({ header: ref, body }, [entry]);
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
