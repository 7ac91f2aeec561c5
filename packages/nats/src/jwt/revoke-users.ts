import { setTimeout as sleep } from "node:timers/promises";
import { type Account, decode as decodeJwt, encodeAccount } from "@nats-io/jwt";
import { fromSeed } from "@nats-io/nkeys";
import { decode, inboxPrefix, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import { connectNats } from "../link.ts";
import { accountUpdateSubject } from "../permissions.ts";
import { type NatsIssuer, userIdOf } from "./mint-user.ts";

/** What revokes users of one account. */
export interface RevocationAuthority {
  /** The account as it was made; each revocation is this text with a list of users. */
  readonly accountJwt: string;
  /** Signs the account. The server takes accounts only from a login of the system account. */
  readonly operatorSigningSeed: string;
  /** The login of the system account that may replace this one account. */
  readonly login: { readonly jwt: string; readonly seed: string };
}

/** A user whose logins are void when they were made up to that time. */
export interface RevokedUser {
  readonly name: string;
  readonly madeUntil: Date;
}

const answerMs = 5_000;
const secondMs = 1_000;

const updated = z.object({ data: z.object({ code: z.literal(200) }) });
const refused = z.object({ error: z.object({ description: z.string() }) });
const updateAnswer = z.union([updated, refused]);

/** The account's JWT in which exactly these users of the issuer are revoked, besides those that it was made with. */
export async function signRevocations(
  authority: RevocationAuthority,
  issuer: NatsIssuer,
  revoked: readonly RevokedUser[],
): Promise<string> {
  const { name, sub, nats, iat } = decodeJwt<Account>(authority.accountJwt);
  // A server that starts prefers the account of its configuration to one that was made in the same second.
  await sleep(Math.min(secondMs, Math.max(0, (iat + 1) * secondMs - Date.now())));
  const seconds = ({ madeUntil }: RevokedUser): number => Math.ceil(madeUntil.getTime() / 1000);
  const entries = revoked.map((user): [string, number] => [userIdOf(issuer, user.name), seconds(user)]);
  const account = { ...nats, revocations: { ...nats.revocations, ...Object.fromEntries(entries) } };
  return encodeAccount(name, sub, account, {
    signer: fromSeed(new TextEncoder().encode(authority.operatorSigningSeed)),
  });
}

/**
 * Gives the server an account's JWT made by `signRevocations`. The server ends the connections of the users that are
 * revoked in it, refuses their logins, and keeps the JWT beyond its own end. `NATS_UNREACHABLE` when it refuses.
 */
export async function pushRevocations(
  at: { readonly url: string; readonly accountId: string },
  { login }: RevocationAuthority,
  accountJwt: string,
): Promise<void> {
  const { url, accountId } = at;
  const link = await connectNats({ url, ...login, name: "sealrun-revoker", inboxPrefix: inboxPrefix("keyring") });
  try {
    const subject = accountUpdateSubject(accountId);
    const { data } = await link.connection.request(subject, accountJwt, { timeout: answerMs });
    const answer = decode(updateAnswer, data);
    if ("error" in answer) throw new TypeError(answer.error.description);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new SealrunError("NATS_UNREACHABLE", `nats-server did not take the list of revoked executors (${reason})`, {
      cause: error,
    });
  } finally {
    await link.close();
  }
}
