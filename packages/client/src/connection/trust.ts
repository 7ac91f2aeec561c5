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

/** What is known of a scope before its key is asked for. */
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

/** What a client believes, and why. */
export interface Trust {
  /** Who the platform is, asked once; `FINGERPRINT_MISMATCH` when its keyring is not the pinned one. */
  platform(): Promise<PlatformInfo>;
  /** The key of a statement; `BAD_SIGNATURE` unless the pinned keyring signed it for that very scope. */
  readKey(statement: ScopeKeyStatement, expected: ExpectedScope): Promise<TrustedKey>;
}

/** Who a platform says it is, whatever the pin: for trust at first use. `FINGERPRINT_MISMATCH` when key and fingerprint differ. */
export async function fetchPlatform(connection: Connection): Promise<PlatformInfo> {
  const call = { method: "GET", path: "/platform", isPublic: true } as const;
  const platform = await ask(connection, platformInfo, call);
  checkFingerprint(platform.keyring.fingerprint, fromBase64(platform.keyring.signPublic));
  return platform;
}

/** Trust in one keyring, named by its fingerprint. */
export function createTrust(connection: Connection, pinned: string): Trust {
  let asked: Promise<PlatformInfo> | undefined;
  const platform = async (): Promise<PlatformInfo> => {
    asked ??= fetchPinned(connection, pinned);
    try {
      return await asked;
    } catch (error) {
      // A platform that was down may be back at the next call.
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

async function fetchPinned(connection: Connection, pinned: string): Promise<PlatformInfo> {
  const platform = await fetchPlatform(connection);
  const found = fingerprint(fromBase64(platform.keyring.signPublic));
  if (found === pinned) return platform;
  throw new SealrunError(
    "FINGERPRINT_MISMATCH",
    `${connection.url} has the keyring ${found}, but this client has pinned ${pinned}; the connection may be intercepted, so nothing was sent`,
  );
}
