import { executionsStream } from "@sealrun/protocol";

/** A part that logs in to NATS; `admin` has full rights and exists in tests alone. */
export type NatsUser = "platform" | "keyring" | "executor" | "admin";

export interface NatsConfig {
  readonly storeFolder: string;
  readonly portsFolder: string;
  /** 0 lets the server choose a free one. */
  readonly port: number;
  readonly passwords: Readonly<Partial<Record<NatsUser, string>>>;
}

interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What each part may send and hear: an allow-list each, so that a stolen executor password opens no other's mail. */
const permissions: Readonly<Record<NatsUser, Permissions>> = {
  platform: { publish: ["sealrun.>", "$JS.>", "_INBOX.>"], subscribe: ["sealrun.>", "$JS.>", "_INBOX.>"] },
  keyring: { publish: ["_INBOX.>"], subscribe: ["sealrun.keyring.>", "_INBOX.keyring.>"] },
  executor: {
    publish: [
      "sealrun.rpc.>",
      "sealrun.reports.>",
      "$JS.API.INFO",
      `$JS.API.STREAM.INFO.${executionsStream}`,
      `$JS.API.CONSUMER.INFO.${executionsStream}.>`,
      `$JS.API.CONSUMER.MSG.NEXT.${executionsStream}.>`,
      `$JS.ACK.${executionsStream}.>`,
    ],
    subscribe: ["_INBOX.exr.>", "sealrun.control.>"],
  },
  admin: { publish: [">"], subscribe: [">"] },
};

const userNames = ["platform", "keyring", "executor", "admin"] as const satisfies readonly NatsUser[];

/** The server's configuration as text, read by nats-server 2.9 and newer: JSON is a form of its language. */
export function natsConfig(config: NatsConfig): string {
  const users = userNames.flatMap((user) => {
    const password = config.passwords[user];
    return password === undefined ? [] : [{ user, password, permissions: permissions[user] }];
  });
  const document = {
    host: "127.0.0.1",
    port: config.port === 0 ? -1 : config.port,
    server_name: "sealrun",
    ports_file_dir: config.portsFolder,
    jetstream: { store_dir: config.storeFolder },
    authorization: { users },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
