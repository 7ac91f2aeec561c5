import { readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";

/** Only ends a start that would never end. */
export const maxStartMs = 30_000;

/** The environment of programs that work on a sandbox's network from outside. */
export const helperEnvironment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

/**
 * The arguments with which `nsenter` enters the network of bubblewrap's `child`, once its loopback is up. `child` must
 * wait for a file: only until then is it in the user namespace that owns the network, which this process may enter. The
 * network of a slot's user belongs to this process's own user namespace. `NETWORK_NOT_ENFORCED` when it is gone.
 */
export async function enterNetwork(child: number): Promise<readonly string[]> {
  await waitForNetwork(child);
  const users = (await hasOwnUsers(child)) ? ["--user", "--preserve-credentials"] : [];
  return ["--target", String(child), ...users, "--net", "--"];
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
  throw gone();
}

/** Whether a process has a user namespace of its own; a process may not enter the one in which it is. */
export async function hasOwnUsers(child: number): Promise<boolean> {
  const [own, inside] = await Promise.all(["self", child].map(async (id) => readlink(`/proc/${id}/ns/user`))).catch(
    () => [],
  );
  if (own === undefined) throw gone();
  return own !== inside;
}

function gone(): SealrunError {
  return new SealrunError("NETWORK_NOT_ENFORCED", "The sandbox ended before its network was ready");
}
