import { decode, encodeUser, isUser, issuer, type User } from "@nats-io/jwt";
import { createUser } from "@nats-io/nkeys";
import { SealrunError } from "@sealrun/protocol";
import type { NatsPermissions } from "../permissions.ts";
import { seedOf } from "./account.ts";

/** Who signs users: the account's id, and the seed of its key or of one of its signing keys. */
export interface NatsIssuer {
  readonly accountId: string;
  readonly signingSeed: string;
}

/** A user JWT and the seed of its key. */
export interface MintedUser {
  readonly jwt: string;
  readonly seed: string;
  /** Milliseconds since 1970; null for a user without an end. */
  readonly expiresAt: number | null;
}

/**
 * Makes a user of the account with a key of its own. It may do what the permissions list and nothing else, over plain
 * client connections alone, until the lifetime is over.
 */
export async function mintUser(
  issuer: NatsIssuer,
  user: { readonly name: string; readonly permissions: NatsPermissions; readonly lifetimeMs?: number },
): Promise<MintedUser> {
  const key = createUser();
  // JWTs count whole seconds.
  const end = user.lifetimeMs === undefined ? undefined : Math.ceil((Date.now() + user.lifetimeMs) / 1000);
  const jwt = await encodeUser(
    user.name,
    key,
    issuer.accountId,
    {
      pub: { allow: [...user.permissions.publish] },
      sub: { allow: [...user.permissions.subscribe] },
      allowed_connection_types: ["STANDARD"],
    },
    { signer: issuer.signingSeed, ...(end === undefined ? {} : { exp: end }) },
  );
  return { jwt, seed: seedOf(key), expiresAt: end === undefined ? null : end * 1000 };
}

/** What a user's JWT says of itself: its account, and when it ends. `CONFIG_INVALID` when it is no JWT of a user. */
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
