import {
  createBatchSealer,
  envelopePrefix,
  generateIdentity,
  generateScopeKey,
  openWithMessageKey,
  randomBytes,
  rootKeyFromBytes,
  scopeKeyContext,
  sealWithKey,
  secretContext,
} from "@sealrun/crypto";
import { keyringSender, platformId } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { deriveKeys } from "../../../packages/keyring/src/attempts/derive-keys.ts";
import { createKeptStatements } from "../../../packages/keyring/src/scope-keys/kept-statements.ts";

const platform = platformId.parse("plt_00000000000000000000");
const rootKey = rootKeyFromBytes(randomBytes(32));
const deps = {
  platformId: platform,
  rootKey,
  identity: generateIdentity(keyringSender),
  statements: createKeptStatements(),
};

/** A stored key, and a value of `name` that is sealed to it. */
function sealed(ownerId: string, name: string) {
  const pair = generateScopeKey();
  const owner = { scope: "project", ownerId } as const;
  const wrapping = scopeKeyContext({ platformId: platform, ...owner, version: 1 });
  const key = {
    scope: owner.scope,
    owner_id: ownerId,
    version: 1,
    key_id: pair.id,
    public_key: pair.publicKey,
    wrapped_private: sealWithKey(rootKey, wrapping, pair.privateKey),
  };
  const context = secretContext({ platformId: platform, ...owner, name });
  const envelope = createBatchSealer(pair.publicKey).seal(context, Buffer.from(name));
  return { envelope, request: { owner, key, context, prefix: envelopePrefix(envelope) } };
}

test("deriveKeys() gives keys in the order of the requests, whatever keys they are sealed to", () => {
  const [one, two] = [sealed("prj_1", "A"), sealed("prj_2", "B")];
  const asked = [one, two, one];
  const keys = deriveKeys(
    deps,
    asked.map(({ request }) => request),
  );
  const opened = keys.map((key, index) => openWithMessageKey(key, asked[index]?.envelope ?? new Uint8Array(0)));
  expect(opened.map((value) => Buffer.from(value).toString())).toEqual(["A", "B", "A"]);
  expect(deriveKeys(deps, [])).toEqual([]);
});
