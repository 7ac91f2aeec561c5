import { decode, type ScopeKeyFields, scopeKeyFields, type ScopeKeyStatement, SealrunError } from "@sealrun/protocol";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { concatBytes, lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import type { SigningIdentity } from "./identity.ts";
import { sign, verify } from "../primitives/signature.ts";
import { checkPublicKey, generateKeyPair, type KeyPair, publicKeyId } from "../primitives/x25519.ts";

// Without its own label a signed frame could be read as a statement, and a statement as a signed frame.
const label = utf8("sealrun/scope-key/v1\0");

/** A scope's key pair and its 16-byte id, which envelopes carry. */
export interface ScopeKey extends KeyPair {
  readonly id: Uint8Array;
}

/** A new key pair for a package, a project or the platform. */
export function generateScopeKey(): ScopeKey {
  const pair = generateKeyPair();
  return { ...pair, id: publicKeyId(pair.publicKey) };
}

/** Signs the statement that a public key belongs to a scope. */
export function signScopeKey(keyring: SigningIdentity, fields: ScopeKeyFields): ScopeKeyStatement {
  const body = utf8(JSON.stringify(fields));
  return { body: toBase64(body), signature: toBase64(sign(keyring.signPrivate, signedBytes(body))) };
}

/**
 * The fields of a verified statement. Give in `expected` everything that is known about the scope: a hostile server can
 * answer with a valid statement about another scope. Throws `BAD_SIGNATURE` for another signer or scope,
 * `LOW_ORDER_KEY`, `MALFORMED` or `BAD_FORMAT`.
 */
export function verifyScopeKey(
  statement: ScopeKeyStatement,
  keyringSignPublic: Uint8Array,
  expected: Partial<Pick<ScopeKeyFields, "platformId" | "scope" | "ownerId" | "version">> = {},
): ScopeKeyFields {
  const body = fromBase64(statement.body);
  if (!verify(keyringSignPublic, signedBytes(body), fromBase64(statement.signature))) {
    throw new SealrunError("BAD_SIGNATURE", "The scope key was not signed by the expected keyring");
  }
  const fields = decode(scopeKeyFields, body);
  for (const name of ["platformId", "scope", "ownerId", "version"] as const) {
    if (expected[name] !== undefined && expected[name] !== fields[name]) {
      throw new SealrunError("BAD_SIGNATURE", `The scope key is signed, but for another ${name} than expected`);
    }
  }
  checkPublicKey(fromBase64(fields.publicKey));
  return fields;
}

function signedBytes(body: Uint8Array): Uint8Array {
  return concatBytes(label, lengthPrefixed(body));
}
