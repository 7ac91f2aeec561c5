import type { NatsLink } from "@sealrun/nats";
import type { Database } from "@sealrun/postgres";
import { subjects } from "@sealrun/protocol";
import { revokedChannel } from "./store.ts";

/**
 * Tells the platforms and `revokeLogins` that an executor was revoked, whichever process revoked it, until the returned
 * function is called. Tells it once at the start too: no keyring may have been running. The message only makes the
 * platforms ask.
 */
export async function announceRevocations(deps: {
  readonly database: Pick<Database, "listen">;
  readonly link: NatsLink;
  readonly revokeLogins: () => void;
}): Promise<() => Promise<void>> {
  const announce = (): void => {
    deps.revokeLogins();
    // Without a connection the client sends it after the reconnect. Platforms also ask by themselves.
    if (!deps.link.connection.isClosed()) deps.link.connection.publish(subjects.revoked);
  };
  const stop = await deps.database.listen(revokedChannel, announce);
  announce();
  return stop;
}
