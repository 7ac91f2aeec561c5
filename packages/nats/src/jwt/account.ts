import { encodeAccount, encodeOperator } from "@nats-io/jwt";
import { createAccount, createOperator, type KeyPair } from "@nats-io/nkeys";
import { revokerPermissions } from "../permissions.ts";
import { executorImports, platformExports } from "./crossing.ts";
import { mintUser } from "./mint-user.ts";
import type { RevocationAuthority } from "./revoke-users.ts";

/** An account as configured in the server. */
interface PublicAccount {
  readonly id: string;
  readonly jwt: string;
}

/** A new operator with its accounts, as text. Seeds are secret; ids and JWTs are not. */
export interface NatsAccounts {
  readonly operatorJwt: string;
  readonly systemAccount: PublicAccount;
  /** The account of platform and keyring. It has the streams. */
  readonly account: PublicAccount;
  /** The account of the executors. They reach only what the other account exports. */
  readonly executorAccount: PublicAccount;
  /** Signs accounts. Used again only to change an account, so it can be kept offline. */
  readonly operatorSeed: string;
  /** Signs the logins of platform and keyring; not needed after that. */
  readonly accountSeed: string;
  /** Signs the logins of executors. A signing key beside the key of their account, so that it can be replaced. */
  readonly executorSigningSeed: string;
  /** Revokes logins of executors. */
  readonly revocation: RevocationAuthority;
}

const unlimited = -1;

/**
 * Makes an operator, the system account that a server needs, the account of one platform and the account of its
 * executors. nats-server checks no permission for the subject to which it delivers an answer. With two accounts, a
 * request of an executor can name only subjects of the executors' account, not those of JetStream or the platform. The
 * system account has one login, which may only replace the executors' account; its key is not kept.
 */
export async function createNatsAccounts(): Promise<NatsAccounts> {
  const [operator, system, account, executors] = [createOperator(), createAccount(), createAccount(), createAccount()];
  const [systemId, accountId, executorsId] = [system.getPublicKey(), account.getPublicKey(), executors.getPublicKey()];
  const [signing, operatorSigning] = [createAccount(), createOperator()];
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
  const [exports, imports] = [platformExports(), executorImports(accountId)];
  const signer = { signer: operator };
  const ofPlatform = { limits: { ...limits, ...storage, exports: exports.length }, exports };
  const ofExecutors = {
    limits: { ...limits, imports: imports.length },
    imports,
    signing_keys: [signing.getPublicKey()],
  };
  const executorsJwt = await encodeAccount("executors", executors, ofExecutors, signer);
  const systemIssuer = { accountId: systemId, signingSeed: seedOf(system) };
  const revoker = await mintUser(systemIssuer, { name: "revoker", permissions: revokerPermissions(executorsId) });
  return {
    operatorJwt: await encodeOperator("sealrun", operator, {
      system_account: systemId,
      signing_keys: [operatorSigning.getPublicKey()],
    }),
    systemAccount: { id: systemId, jwt: await encodeAccount("system", system, { limits }, signer) },
    account: { id: accountId, jwt: await encodeAccount("sealrun", account, ofPlatform, signer) },
    executorAccount: { id: executorsId, jwt: executorsJwt },
    operatorSeed: seedOf(operator),
    accountSeed: seedOf(account),
    executorSigningSeed: seedOf(signing),
    revocation: {
      accountJwt: executorsJwt,
      operatorSigningSeed: seedOf(operatorSigning),
      login: { jwt: revoker.jwt, seed: revoker.seed },
    },
  };
}

/** The secret half of an nkey as text. */
function seedOf(key: KeyPair): string {
  return new TextDecoder().decode(key.getSeed());
}
