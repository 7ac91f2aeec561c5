import { encodeAccount, encodeOperator } from "@nats-io/jwt";
import { createAccount, createOperator, type KeyPair } from "@nats-io/nkeys";

/** A new operator with one account on it, as texts. Seeds are secret; ids and JWTs are not. */
export interface NatsAccount {
  readonly operatorJwt: string;
  readonly systemAccount: { readonly id: string; readonly jwt: string };
  readonly account: { readonly id: string; readonly jwt: string };
  /** Signs accounts. Needed again only to change the account, so it can be kept away from every machine. */
  readonly operatorSeed: string;
  /** Signs users of the account; the account names it beside its own key, so that it can be replaced. */
  readonly signingSeed: string;
}

const unlimited = -1;

/**
 * Makes an operator, the system account that a server must have, and the account of one platform. Nobody can log in to
 * the system account: its key is forgotten here.
 */
export async function createNatsAccount(): Promise<NatsAccount> {
  const [operator, system, account, signing] = [createOperator(), createAccount(), createAccount(), createAccount()];
  const [systemId, accountId] = [system.getPublicKey(), account.getPublicKey()];
  const limits = {
    subs: unlimited,
    data: unlimited,
    payload: unlimited,
    conn: unlimited,
    imports: 0,
    exports: 0,
    wildcards: true,
    // No leaf nodes and no logins without a key's signature.
    leaf: 0,
    disallow_bearer: true,
  };
  const storage = { mem_storage: unlimited, disk_storage: unlimited, streams: unlimited, consumer: unlimited };
  const signer = { signer: operator };
  return {
    operatorJwt: await encodeOperator("sealrun", operator, { system_account: systemId }),
    systemAccount: { id: systemId, jwt: await encodeAccount("system", system, { limits }, signer) },
    account: {
      id: accountId,
      jwt: await encodeAccount(
        "sealrun",
        account,
        { limits: { ...limits, ...storage }, signing_keys: [signing.getPublicKey()] },
        signer,
      ),
    },
    operatorSeed: seedOf(operator),
    signingSeed: seedOf(signing),
  };
}

/** The secret half of an nkey as text. */
export function seedOf(key: KeyPair): string {
  return new TextDecoder().decode(key.getSeed());
}
