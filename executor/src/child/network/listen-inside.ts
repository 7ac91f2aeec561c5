import { Server } from "node:net";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Runtime } from "../layout.ts";
import { startProgram } from "../start-program.ts";
import { enterNetwork, helperEnvironment, maxStartMs } from "./enter-network.ts";
import type { PlacedHost } from "./place-hosts.ts";

const told = z.object({ number: z.number().int().nonnegative(), failure: z.string().optional() });

/**
 * Makes the sockets at which a sandbox finds its named hosts. They belong to the sandbox's own network and are accepted
 * from here, also at ports below 1024. Bubblewrap's `child` must wait for its `/etc/hosts`, as `enterNetwork` says.
 * `NETWORK_NOT_ENFORCED` with the reason.
 */
export async function listenInside(
  child: number,
  placed: readonly PlacedHost[],
  runtime: Pick<Runtime, "node" | "bootstrap">,
): Promise<readonly Server[]> {
  const addresses = placed.map(({ address, port }) => `${address}:${port}`);
  const entering = await enterNetwork(child);
  const helper = startProgram(
    "nsenter",
    [...entering, runtime.node, join(runtime.bootstrap, "listen.mjs"), ...addresses],
    {
      env: helperEnvironment,
      ipc: true,
      buffer: { stderr: true, ipc: false },
      stdin: "ignore",
      stdout: "ignore",
      reject: false,
      timeout: maxStartMs,
    },
  );
  const servers = new Map<number, Server>();
  const failed = helper.then((end) =>
    notEnforced((end.stderr ?? "") || (end.shortMessage ?? "the helper ended early")),
  );
  const listening = new Promise<undefined>((resolve, reject) => {
    helper.nodeChildProcess.on("message", (message: unknown, server: unknown) => {
      const said = told.safeParse(message).data;
      if (said === undefined || said.failure !== undefined || !(server instanceof Server)) {
        reject(notEnforced(said?.failure ?? "the helper sent no socket"));
        return;
      }
      servers.set(said.number, server);
      if (servers.size === placed.length) resolve(undefined);
    });
  });
  try {
    const failure = await Promise.race([listening, failed]);
    if (failure !== undefined) throw failure;
    return placed.flatMap((_, number) => servers.get(number) ?? []);
  } catch (error) {
    for (const server of servers.values()) server.close();
    throw error;
  } finally {
    if (helper.nodeChildProcess.connected) helper.nodeChildProcess.disconnect();
    await helper;
  }
}

function notEnforced(reason: string): SealrunError {
  const said = reason.trim().split("\n", 1)[0] ?? "";
  return new SealrunError(
    "NETWORK_NOT_ENFORCED",
    `The sockets of named hosts could not be made (${said}); install util-linux, and allow nsenter into own user namespaces`,
  );
}
