import { countPublishes } from "@sealrun/faults";
import { type NatsCredentials, SealrunError } from "@sealrun/protocol";
import { type Authenticator, connect, ErrorCode, Events, jwtAuthenticator, type NatsConnection } from "nats";

/** A connection to NATS that reconnects without limit. */
export interface NatsLink {
  readonly connection: NatsConnection;
  /** Sends what is pending, then closes. */
  close(): Promise<void>;
}

/** The login of a process: fixed credentials, or a function called at every connect and reconnect. */
type Login = NatsCredentials | { readonly current: () => NatsCredentials };

/**
 * Connects a process to NATS. Credentials from a function may change while connected: when the server ends a connection
 * whose JWT has expired, the client reconnects with the newest. Fails with `NATS_UNREACHABLE`, which names the URL and
 * never the password.
 */
export async function connectNats(
  options: Login & { readonly name: string; readonly inboxPrefix: string },
): Promise<NatsLink> {
  const current = "current" in options ? options.current : (): NatsCredentials => options;
  const { url } = current();
  const connection = await connect({
    servers: url,
    authenticator: authenticate(current),
    // Without it two refused logins in a row end the connection permanently, before the credentials are renewed.
    ignoreAuthErrorAbort: true,
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    pingInterval: 20_000,
    timeout: 10_000,
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new SealrunError(
      "NATS_UNREACHABLE",
      `NATS at ${withoutLogin(url)} cannot be used (${reason}); check that nats-server runs there with JetStream, and that the credentials are right`,
      { cause: error },
    );
  });
  countPublishes(connection);
  return {
    connection,
    close: async () => {
      await connection.drain().catch(() => connection.close());
    },
  };
}

/** Calls `notice` after each reconnect, until the connection is closed: the server may have another state than before. */
export function onReconnect({ connection }: NatsLink, notice: () => void): void {
  const watch = async (): Promise<void> => {
    for await (const { type } of connection.status()) if (type === Events.Reconnect) notice();
  };
  void watch();
}

/** Calls `notice` each time the server refuses the login, until the connection is closed: the client goes on trying. */
export function onLoginRefused({ connection }: NatsLink, notice: () => void): void {
  const watch = async (): Promise<void> => {
    for await (const { type, data } of connection.status()) {
      if (type === Events.Error && data === ErrorCode.AuthorizationViolation) notice();
    }
  };
  void watch();
}

/** Signs the server's challenge, or sends the password. The client calls it for every connection. */
function authenticate(current: () => NatsCredentials): Authenticator {
  return (nonce) => {
    const credentials = current();
    return "jwt" in credentials
      ? jwtAuthenticator(credentials.jwt, new TextEncoder().encode(credentials.seed))(nonce)
      : { user: credentials.user, pass: credentials.password };
  };
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}
