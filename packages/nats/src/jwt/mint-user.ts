import { decode, encodeUser, isUser, issuer, type User } from "@nats-io/jwt";
import { SealrunError } from "@sealrun/protocol";
import type { NatsPermissions } from "../permissions.ts";
import { type UserKey, userKeyFrom } from "./user-key.ts";

/** Who signs users: the account's id, and the seed of its key or of one of its signing keys. */
export interface NatsIssuer {
  readonly accountId: string;
  readonly signingSeed: string;
}

/** A user JWT and the seed of its key. */
export interface MintedUser {
  readonly jwt: string;
  readonly seed: string;
  /** Milliseconds since 1970; null for a user that does not expire. */
  readonly expiresAt: number | null;
}

/**
 * Makes a user of the account. It may do only what the permissions list, only over plain client connections, until its
 * lifetime ends. Its key follows from its name, so that the user can be revoked by name.
 */
export async function mintUser(
  issuer: NatsIssuer,
  user: { readonly name: string; readonly permissions: NatsPermissions; readonly lifetimeMs?: number },
): Promise<MintedUser> {
  const { id, seed } = keyOf(issuer, user.name);
  // JWTs count whole seconds.
  const end = user.lifetimeMs === undefined ? undefined : Math.ceil((Date.now() + user.lifetimeMs) / 1000);
  const jwt = await encodeUser(
    user.name,
    id,
    issuer.accountId,
    {
      pub: { allow: [...user.permissions.publish] },
      sub: { allow: [...user.permissions.subscribe] },
      allowed_connection_types: ["STANDARD"],
    },
    { signer: issuer.signingSeed, ...(end === undefined ? {} : { exp: end }) },
  );
  return { jwt, seed, expiresAt: end === undefined ? null : end * 1000 };
}

/** The public key of the issuer's user of that name. */
export function userIdOf(issuer: NatsIssuer, name: string): string {
  return keyOf(issuer, name).id;
}

/** The account in a user's JWT, and when the JWT expires. `CONFIG_INVALID` when it is not the JWT of a user. */
export function readUserJwt(jwt: string): { readonly accountId: string; readonly expiresAt: number | null } {
  try {
    const claims = decode<User>(jwt);
    if (isUser(claims)) {
      return { accountId: issuer(claims), expiresAt: claims.exp === undefined ? null : claims.exp * 1000 };
    }
  } catch {
    // The library's message may quote the text.
  }
  throw new SealrunError("CONFIG_INVALID", "Expected the JWT of a NATS user");
}

function keyOf({ signingSeed, accountId }: NatsIssuer, name: string): UserKey {
  return userKeyFrom(signingSeed, accountId, name);
}
