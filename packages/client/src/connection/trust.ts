import { checkFingerprint, fingerprint, fromBase64, verifyScopeKey } from "@sealrun/crypto";
import {
  type PlatformId,
  platformInfo,
  type PlatformInfo,
  type ScopeKeyFields,
  type ScopeKeyStatement,
  SealrunError,
} from "@sealrun/protocol";
import { ask, type Connection } from "./request.ts";

/** What is known of a scope before its key is requested. */
export interface ExpectedScope {
  readonly scope: ScopeKeyFields["scope"];
  /** The platform's own id for scope platform; unknown for a project addressed by name. */
  readonly ownerId?: string;
}

/** A key that the pinned keyring vouches for. */
export interface TrustedKey {
  readonly platformId: PlatformId;
  readonly ownerId: string;
  readonly publicKey: Uint8Array;
}

/** The checks of a client: the platform by its pinned keyring, and keys by that keyring's signature. */
export interface Trust {
  /** The platform's identity, requested once; `FINGERPRINT_MISMATCH` when its keyring is not the pinned one. */
  platform(): Promise<PlatformInfo>;
  /** The key of a statement; `BAD_SIGNATURE` unless the pinned keyring signed it for exactly that scope. */
  readKey(statement: ScopeKeyStatement, expected: ExpectedScope): Promise<TrustedKey>;
}

/** What a platform says about itself, without a pin: for trust at first use. `FINGERPRINT_MISMATCH` when its key and fingerprint differ. */
export async function fetchPlatform(connection: Connection): Promise<PlatformInfo> {
  const call = { method: "GET", path: "/platform", isPublic: true } as const;
  const platform = await ask(connection, platformInfo, call);
  checkFingerprint(platform.keyring.fingerprint, fromBase64(platform.keyring.signPublic));
  return platform;
}

/** Trust in one keyring, named by its fingerprint. `known` is what `fetchPlatform` gave, if it was asked already. */
export function createTrust(connection: Connection, pinned: string, known?: PlatformInfo): Trust {
  let asked: Promise<PlatformInfo> | undefined;
  const platform = async (): Promise<PlatformInfo> => {
    asked ??= findPinned(connection, pinned, known);
    try {
      return await asked;
    } catch (error) {
      // The next call tries again: the platform may be back.
      asked = undefined;
      throw error;
    }
  };
  return {
    platform,
    readKey: async (statement, { scope, ownerId }) => {
      const { id, keyring } = await platform();
      const owner = scope === "platform" ? id : ownerId;
      const fields = verifyScopeKey(statement, fromBase64(keyring.signPublic), {
        platformId: id,
        scope,
        ...(owner === undefined ? {} : { ownerId: owner }),
      });
      return { platformId: id, ownerId: fields.ownerId, publicKey: fromBase64(fields.publicKey) };
    },
  };
}

async function findPinned(
  connection: Connection,
  pinned: string,
  known: PlatformInfo | undefined,
): Promise<PlatformInfo> {
  const platform = known ?? (await fetchPlatform(connection));
  const found = fingerprint(fromBase64(platform.keyring.signPublic));
  if (found === pinned) return platform;
  throw new SealrunError(
    "FINGERPRINT_MISMATCH",
    `${connection.url} has the keyring ${found}, but this client has pinned ${pinned}; the connection may be intercepted, so nothing was sent`,
  );
}
