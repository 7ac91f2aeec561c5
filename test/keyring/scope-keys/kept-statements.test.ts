import { generateIdentity, generateScopeKey, newId, signScopeKey, toBase64 } from "@sealrun/crypto";
import { keyringSender, platformId } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createKeptStatements } from "../../../packages/keyring/src/scope-keys/kept-statements.ts";

const identity = generateIdentity(keyringSender);
const stored = {
  scope: "project",
  owner_id: "prj_1",
  version: 1,
  key_id: new Uint8Array(16),
  public_key: generateScopeKey().publicKey,
  wrapped_private: new Uint8Array(100),
} as const;
const statementOf = (ownerId: string) =>
  signScopeKey(identity, {
    platformId: platformId.parse(newId("platform")),
    scope: "project",
    ownerId,
    version: 1,
    publicKey: toBase64(stored.public_key),
  });

test("createKeptStatements() signs once for a key, and again for a row that differs in anything", () => {
  const kept = createKeptStatements();
  let signed = 0;
  const sign = () => {
    signed += 1;
    return statementOf(stored.owner_id);
  };
  const first = kept.find(stored, sign);
  expect(kept.find({ ...stored }, sign)).toBe(first);
  expect(signed).toBe(1);
  const changed = [
    { ...stored, scope: "service" as const },
    { ...stored, owner_id: "prj_2" },
    { ...stored, version: 2 },
    { ...stored, public_key: generateScopeKey().publicKey },
    { ...stored, wrapped_private: new Uint8Array(100).fill(1) },
  ];
  for (const row of changed) kept.find(row, sign);
  expect(signed).toBe(1 + changed.length);
});

test("createKeptStatements() keeps nothing of a signature that failed", () => {
  const kept = createKeptStatements();
  const fail = () => {
    throw new TypeError("no key");
  };
  expect(() => kept.find(stored, fail)).toThrow("no key");
  const statement = statementOf("prj_1");
  expect(kept.find(stored, () => statement)).toBe(statement);
});

test("createKeptStatements() drops the oldest of more than 10,000", () => {
  const kept = createKeptStatements();
  const statement = statementOf("prj_1");
  for (let version = 1; version <= 10_001; version += 1) kept.find({ ...stored, version }, () => statement);
  let signed = 0;
  const sign = () => {
    signed += 1;
    return statement;
  };
  kept.find({ ...stored, version: 2 }, sign);
  expect(signed).toBe(0);
  kept.find({ ...stored, version: 1 }, sign);
  expect(signed).toBe(1);
});
