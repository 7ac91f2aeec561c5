import { createHash } from "node:crypto";
import { equalBytes } from "@sealrun/crypto";
import type { StoredToken } from "./store.ts";

const tokenText = /^sr_[a-z]{3}_[A-Za-z0-9_-]{20,200}$/;
const bearer = /^[Bb]earer (\S+)$/;

/** Finds the stored token of a digest. */
export type FindToken = (sha256: Uint8Array) => Promise<StoredToken | undefined>;

/** The author whose token is in the Authorization header, or undefined without a valid token. */
export async function checkToken(find: FindToken, authorization: string | undefined): Promise<string | undefined> {
  const text = bearer.exec(authorization ?? "")?.[1];
  return text === undefined ? undefined : (await findTokenOf(find, text))?.name;
}

/**
 * The stored token of that text, or undefined. Tokens are long and random, so a plain SHA-256 protects them as well as
 * a slow hash would.
 */
export async function findTokenOf(find: FindToken, text: string): Promise<StoredToken | undefined> {
  if (!tokenText.test(text)) return undefined;
  const digest = createHash("sha256").update(text).digest();
  const stored = await find(digest);
  // The index compares byte by byte; this comparison takes the same time for every stored digest.
  return stored !== undefined && equalBytes(stored.sha256, digest) ? stored : undefined;
}
