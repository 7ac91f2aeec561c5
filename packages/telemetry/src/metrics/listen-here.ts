import { once } from "node:events";
import { chmodSync } from "node:fs";
import { lstat, unlink } from "node:fs/promises";
import { createConnection, type Server } from "node:net";
import { errorCodeOf, SealrunError } from "@sealrun/protocol";
import { type MetricsSettings, splitAddress } from "./settings.ts";

/** Owner and group: a scraper gets in as a member of the process's group. */
const socketMode = 0o660;

/**
 * Listens on the port or the socket. `PORT_TAKEN` names a place on which something listens already; a socket that a dead
 * process left is replaced. `CONFIG_INVALID` for a path that is no socket or cannot be made.
 */
export async function listenHere(server: Server, { listen = "", socket }: MetricsSettings): Promise<void> {
  if (socket !== undefined) return listenOnSocket(server, socket);
  try {
    server.listen({ ...splitAddress(listen) });
    await once(server, "listening");
  } catch (error) {
    const code = errorCodeOf(error) ?? "no reason given";
    const what = code === "EADDRINUSE" ? "is in use" : "cannot be listened on";
    throw new SealrunError("PORT_TAKEN", `${listen} (metrics) ${what} (${code}); name another port`, { cause: error });
  }
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  await removeStale(path);
  const listening = once(server, "listening");
  server.listen({ path });
  try {
    // At once: the mode that the socket was made with may let other users in.
    if (server.listening) chmodSync(path, socketMode);
    await listening;
  } catch (error) {
    const code = errorCodeOf(error) ?? "no reason given";
    if (code === "EADDRINUSE") throw taken(path, error);
    const sentence = `metrics: the socket ${path} cannot be made (${code}); check that its folder exists and that this user may write there`;
    throw new SealrunError("CONFIG_INVALID", sentence, { cause: error });
  }
}

/** Removes a socket on which no process listens. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new SealrunError("CONFIG_INVALID", `metrics: ${path} is not a socket; name another path or remove it`);
  }
  const client = createConnection({ path });
  const error = await once(client, "connect").then(
    () => undefined,
    (failure: unknown) => failure,
  );
  client.destroy();
  if (error === undefined) throw taken(path);
  if (errorCodeOf(error) === "ECONNREFUSED") await unlink(path);
}

function taken(path: string, cause?: unknown): SealrunError {
  return new SealrunError("PORT_TAKEN", `Another process listens on the socket ${path} (metrics); name another path`, {
    cause,
  });
}
