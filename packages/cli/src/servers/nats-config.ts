import { join } from "node:path";

/** What the server must know about the operator: public texts, no seed. */
export interface NatsTrust {
  readonly operatorJwt: string;
  readonly systemAccount: { readonly id: string; readonly jwt: string };
  readonly account: { readonly id: string; readonly jwt: string };
  readonly executorAccount: { readonly id: string; readonly jwt: string };
}

/** Settings of one server. */
export interface NatsConfig {
  readonly host: string;
  /** 0 lets the server choose a free one. */
  readonly port: number;
  readonly storeFolder: string;
  /** Where the server writes the port that it chose. */
  readonly portsFolder?: string;
}

/**
 * The server's configuration as text for nats-server 2.9 and newer, whose language includes JSON. In operator mode the
 * server knows the accounts and trusts the users that they have signed. It holds no password and no seed. The accounts
 * here are those that it starts with: an account that it was given later, with revoked users, is newer and stays.
 */
export function natsConfig(config: NatsConfig, trust: NatsTrust): string {
  const { systemAccount, account, executorAccount } = trust;
  return natsConfigText(config, {
    operator: trust.operatorJwt,
    system_account: systemAccount.id,
    resolver: { type: "full", dir: join(config.storeFolder, "accounts"), allow_delete: false },
    resolver_preload: Object.fromEntries([systemAccount, account, executorAccount].map(({ id, jwt }) => [id, jwt])),
  });
}

/** The same configuration with another kind of login. */
export function natsConfigText(config: NatsConfig, access: object): string {
  const document = {
    host: config.host,
    port: config.port === 0 ? -1 : config.port,
    server_name: "sealrun",
    ...(config.portsFolder === undefined ? {} : { ports_file_dir: config.portsFolder }),
    jetstream: { store_dir: config.storeFolder },
    ...access,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
