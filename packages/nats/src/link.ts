import { type NatsCredentials, SealrunError } from "@sealrun/protocol";
import { type ConnectionOptions, connect, jwtAuthenticator, type NatsConnection } from "nats";

/** A connection to NATS that reconnects for ever. */
export interface NatsLink {
  readonly connection: NatsConnection;
  /** Sends what is pending, then closes. */
  close(): Promise<void>;
}

/** Connects a part to NATS. Fails with `NATS_UNREACHABLE`, which names the URL and never the password. */
export async function connectNats(
  options: NatsCredentials & { readonly name: string; readonly inboxPrefix: string },
): Promise<NatsLink> {
  const connection = await connect({
    servers: options.url,
    ...loginOf(options),
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
      `NATS at ${withoutLogin(options.url)} cannot be used (${reason}); check that nats-server runs there with JetStream, and that the credentials are right`,
      { cause: error },
    );
  });
  return {
    connection,
    close: async () => {
      await connection.drain().catch(() => connection.close());
    },
  };
}

function loginOf(credentials: NatsCredentials): ConnectionOptions {
  return "jwt" in credentials
    ? { authenticator: jwtAuthenticator(credentials.jwt, new TextEncoder().encode(credentials.seed)) }
    : { user: credentials.user, pass: credentials.password };
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}
