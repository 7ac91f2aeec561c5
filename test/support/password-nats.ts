import { type NatsOptions, type NatsServer, startNatsServer } from "../../packages/cli/src/servers/nats.ts";
import { natsConfigText } from "../../packages/cli/src/servers/nats-config.ts";
import { newPassword } from "../../packages/cli/src/files/private-files.ts";

/** What a part logs in with. */
interface PasswordLogin {
  readonly user: string;
  readonly password: string;
}

/** A server that knows passwords and no JWTs, as a user's own may be, with a user of full rights beside the parts'. */
export interface PasswordNats extends NatsServer {
  readonly platform: PasswordLogin;
  readonly keyring: PasswordLogin;
  readonly executor: PasswordLogin;
  readonly admin: PasswordLogin;
}

const permissions = {
  platform: { publish: ["sealrun.>", "$JS.>", "_INBOX.>"], subscribe: ["sealrun.>", "$JS.>", "_INBOX.>"] },
  keyring: { publish: ["_INBOX.>"], subscribe: ["sealrun.keyring.>", "_INBOX.keyring.>"] },
  executor: {
    publish: ["sealrun.rpc.>", "sealrun.reports.>", "$JS.API.CONSUMER.MSG.NEXT.EXECUTIONS.>", "$JS.ACK.EXECUTIONS.>"],
    subscribe: ["_INBOX.exr.>", "sealrun.control.>"],
  },
  admin: { publish: [">"], subscribe: [">"] },
} as const;

/** Starts it in a data folder. */
export async function startPasswordNats(options: NatsOptions): Promise<PasswordNats> {
  const login = (user: keyof typeof permissions): PasswordLogin => ({ user, password: newPassword() });
  const [platform, keyring, executor, admin] = [login("platform"), login("keyring"), login("executor"), login("admin")];
  const users = [
    { ...platform, permissions: permissions.platform },
    { ...keyring, permissions: permissions.keyring },
    { ...executor, permissions: permissions.executor },
    { ...admin, permissions: permissions.admin },
  ];
  const server = await startNatsServer(options, (config) => natsConfigText(config, { authorization: { users } }));
  return { ...server, platform, keyring, executor, admin };
}
