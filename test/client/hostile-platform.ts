import {
  fingerprint,
  generateIdentity,
  generateScopeKey,
  newId,
  type ScopeKey,
  signScopeKey,
  toBase64,
} from "@sealrun/crypto";
import { platformId, type ScopeKeyFields, type ScopeKeyStatement } from "@sealrun/protocol";

/** One request as a hostile platform saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A platform with its own keyring that answers what a test says. */
export interface HostilePlatform {
  readonly fetch: typeof fetch;
  readonly fingerprint: string;
  readonly platformId: string;
  readonly seen: Seen[];
  /** Key pairs of the statements made, by owner. */
  readonly keys: ReadonlyMap<string, ScopeKey>;
  /** A true statement of this keyring. */
  state(fields: Pick<ScopeKeyFields, "scope" | "ownerId"> & { readonly platformId?: string }): ScopeKeyStatement;
}

/** Answers `GET /platform` truly and everything else as `answer` says: a value as JSON, or a whole response. */
export function hostilePlatform(answer: (seen: Seen) => unknown): HostilePlatform {
  const keyring = generateIdentity("keyring");
  const id = platformId.parse(newId("platform"));
  const print = fingerprint(keyring.signPublic);
  const seen: Seen[] = [];
  const keys = new Map<string, ScopeKey>();
  return {
    fingerprint: print,
    platformId: id,
    seen,
    keys,
    state: ({ scope, ownerId, platformId: other }) => {
      const key = keys.get(ownerId) ?? generateScopeKey();
      keys.set(ownerId, key);
      return signScopeKey(keyring, {
        platformId: platformId.parse(other ?? id),
        scope,
        ownerId,
        version: 1,
        publicKey: toBase64(key.publicKey),
      });
    },
    fetch: async (address, request) => {
      const path = new URL(textOf(address)).pathname.replace("/api/v1", "");
      const one = {
        method: request?.method ?? "GET",
        path,
        headers: new Headers(request?.headers),
        body: request?.body,
      };
      seen.push(one);
      if (path === "/platform") {
        const signPublic = toBase64(keyring.signPublic);
        return Response.json({ id, version: "0.1.0", keyring: { signPublic, fingerprint: print } });
      }
      const answered = answer(one);
      return answered instanceof Response ? answered : Response.json(answered);
    },
  };
}

/** Text that a client sent; anything else is a failure of the test. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError("Expected text");
}
