import type { Duplex } from "node:stream";
import type { NetworkSetting } from "@sealrun/protocol";
import type { Connected } from "./egress.ts";

/** The network of one sandbox that reaches something outside, but not all that this machine reaches. */
export interface SandboxNetwork {
  /**
   * Joins the sandbox of bubblewrap's `child`, which waits for the files of `nameArguments`, to what it may reach; gives
   * their content. `NETWORK_NOT_ENFORCED` with the reason.
   */
  readonly open: (child: number) => Promise<readonly [names: string, order: string]>;
  /** Ends every connection; gives what there was to named hosts, in the order of the first connections. */
  readonly close: () => Promise<readonly Connected[]>;
}

/**
 * Bubblewrap's arguments for the files that tell a script how names are looked up, through two descriptors from this one
 * on. It waits for their content while its network is ready and nothing of the package has started.
 */
export function nameArguments(setting: NetworkSetting | undefined, descriptor: number): readonly string[] {
  if (setting !== "outbound" && typeof setting !== "object") return [];
  return [
    [
      "--perms",
      "0444",
      "--ro-bind-data",
      String(descriptor),
      setting === "outbound" ? "/etc/resolv.conf" : "/etc/hosts",
    ],
    ["--perms", "0444", "--ro-bind-data", String(descriptor + 1), "/etc/nsswitch.conf"],
  ].flat();
}

/** Opens the network of a sandbox that waits for the files of `nameArguments`, and lets it continue. */
export async function connectSandbox(
  network: SandboxNetwork,
  child: number,
  { hosts, names }: { readonly hosts: Duplex; readonly names: Duplex },
): Promise<void> {
  const [first, second] = await network.open(child);
  hosts.end(first);
  names.end(second);
  // The ends must be read: only then are the executor's descriptors closed while the sandbox runs.
  hosts.resume();
  names.resume();
}
