import { readFile, readlink } from "node:fs/promises";
import { Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Runtime } from "../layout.ts";
import { startProgram } from "../start-program.ts";
import type { PlacedHost } from "./place-hosts.ts";

/** Only ends a start that would never end. */
const maxStartMs = 30_000;

const told = z.object({ number: z.number().int().nonnegative(), failure: z.string().optional() });

/**
 * Makes the sockets at which a sandbox finds its named hosts. They belong to the sandbox's own network and are accepted
 * from here. Bubblewrap's `child` must wait for its `/etc/hosts`: then its network is ready, and only until then is `child`
 * in the user namespace that owns it, which this process may enter, with ports below 1024. The network of a slot's user
 * belongs to this process's own user namespace. `NETWORK_NOT_ENFORCED` with the reason.
 */
export async function listenInside(
  child: number,
  placed: readonly PlacedHost[],
  runtime: Pick<Runtime, "node" | "bootstrap">,
): Promise<readonly Server[]> {
  await waitForNetwork(child);
  const addresses = placed.map(({ address, port }) => `${address}:${port}`);
  const user = (await hasOwnUsers(child)) ? ["--user", "--preserve-credentials"] : [];
  const entering = ["--target", String(child), ...user, "--net", "--"];
  const helper = startProgram(
    "nsenter",
    [...entering, runtime.node, join(runtime.bootstrap, "listen.mjs"), ...addresses],
    {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
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

/**
 * In its own user namespace, bubblewrap's child maps its user after it has brought up its network. Before and without that,
 * the table of its addresses says whether the network is up.
 */
async function waitForNetwork(child: number): Promise<void> {
  const deadline = performance.now() + maxStartMs;
  while (performance.now() < deadline) {
    const [users, addresses] = await Promise.all(
      ["uid_map", "net/fib_trie"].map(async (name) =>
        readFile(`/proc/${child}/${name}`, "utf8").catch(() => undefined),
      ),
    );
    if (users === undefined || addresses === undefined) break;
    if (users !== "" && addresses.includes("127.0.0.1")) return;
    await sleep(1);
  }
  throw notEnforced("the sandbox ended before its network was ready");
}

/** A process may not enter the user namespace in which it is. */
async function hasOwnUsers(child: number): Promise<boolean> {
  const [own, inside] = await Promise.all(["self", child].map(async (id) => readlink(`/proc/${id}/ns/user`))).catch(
    () => [],
  );
  if (own === undefined) throw notEnforced("the sandbox ended before its network was ready");
  return own !== inside;
}

function notEnforced(reason: string): SealrunError {
  const said = reason.trim().split("\n", 1)[0] ?? "";
  return new SealrunError(
    "NETWORK_NOT_ENFORCED",
    `The sockets of named hosts could not be made (${said}); install util-linux, and allow nsenter into own user namespaces`,
  );
}
