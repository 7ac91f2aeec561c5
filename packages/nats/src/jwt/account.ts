import { encodeAccount, encodeOperator } from "@nats-io/jwt";
import { createAccount, createOperator, type KeyPair } from "@nats-io/nkeys";
import { executorImports, platformExports } from "./crossing.ts";

/** An account as the server knows it. */
interface PublicAccount {
  readonly id: string;
  readonly jwt: string;
}

/** A new operator with its accounts, as texts. Seeds are secret; ids and JWTs are not. */
export interface NatsAccounts {
  readonly operatorJwt: string;
  readonly systemAccount: PublicAccount;
  /** Of platform and keyring. It has the streams. */
  readonly account: PublicAccount;
  /** Of the executors, who reach nothing in the other but what it exports. */
  readonly executorAccount: PublicAccount;
  /** Signs accounts. Needed again only to change one, so it can be kept away from every machine. */
  readonly operatorSeed: string;
  /** Signs logins of platform and keyring; once they are made, nobody needs it. */
  readonly accountSeed: string;
  /** Signs logins of executors; their account names it beside its own key, so that it can be replaced. */
  readonly executorSigningSeed: string;
}

const unlimited = -1;

/**
 * Makes an operator, the system account that a server must have, the account of one platform and that of its executors.
 * nats-server asks nobody's permission for where it delivers an answer: a request from the executors' account can name
 * subjects of that account alone, and so neither JetStream's own nor another part's. Nobody can log in to the system
 * account: its key is forgotten here.
 */
export async function createNatsAccounts(): Promise<NatsAccounts> {
  const [operator, system, account, executors] = [createOperator(), createAccount(), createAccount(), createAccount()];
  const [systemId, accountId, executorsId] = [system.getPublicKey(), account.getPublicKey(), executors.getPublicKey()];
  const signing = createAccount();
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
  return {
    operatorJwt: await encodeOperator("sealrun", operator, { system_account: systemId }),
    systemAccount: { id: systemId, jwt: await encodeAccount("system", system, { limits }, signer) },
    account: { id: accountId, jwt: await encodeAccount("sealrun", account, ofPlatform, signer) },
    executorAccount: { id: executorsId, jwt: await encodeAccount("executors", executors, ofExecutors, signer) },
    operatorSeed: seedOf(operator),
    accountSeed: seedOf(account),
    executorSigningSeed: seedOf(signing),
  };
}

/** The secret half of an nkey as text. */
export function seedOf(key: KeyPair): string {
  return new TextDecoder().decode(key.getSeed());
}
