import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { startPasswordNats } from "./password-nats.ts";
import { programs } from "./servers.ts";

/** A NATS server that a `sealrun dev` is pointed to, so that a test may hear and say everything on it. */
export interface AdminNats {
  /** With user and password: for `SEALRUN_NATS_URL`. */
  readonly url: string;
  /** Full rights. */
  readonly connection: NatsConnection;
  /** Holds JetStream's files, configuration and log. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** Starts it. */
export async function startAdminNats(): Promise<AdminNats> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-whole-nats-"));
  const nats = await startPasswordNats({ programs: programs(), dataFolder: folder });
  const { user, password } = nats.admin;
  const connection = await connect({ servers: nats.url, user, pass: password, inboxPrefix: "_INBOX.admin" });
  const address = new URL(nats.url);
  return {
    url: `nats://${user}:${encodeURIComponent(password)}@${address.host}`,
    connection,
    folder,
    close: async () => {
      await connection.close();
      await nats.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
