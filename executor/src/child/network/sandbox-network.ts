import type { Duplex } from "node:stream";
import { namedHosts, type NetworkSetting } from "@sealrun/protocol";
import type { Runtime } from "../layout.ts";
import type { DialRules } from "./dial.ts";
import { createEgress, type Egress } from "./egress.ts";
import { listenInside } from "./listen-inside.ts";
import { hostsFile, type PlacedHost, placeHosts, switchFile } from "./place-hosts.ts";

/** The network of one sandbox with named hosts. */
export interface SandboxNetwork {
  readonly placed: readonly PlacedHost[];
  readonly runtime: Pick<Runtime, "node" | "bootstrap">;
  readonly egress: Egress;
}

/** Without settings nothing is allowed or refused besides what always is. */
const noRules: DialRules = { allowed: [], refused: [], platformHosts: [] };

/** What a step's sandbox needs for its named hosts; undefined for a package that names none. */
export function openSandboxNetwork(
  setting: NetworkSetting | undefined,
  runtime: SandboxNetwork["runtime"],
  rules: DialRules = noRules,
): SandboxNetwork | undefined {
  const named = namedHosts(setting);
  return named.length === 0 ? undefined : { placed: placeHosts(named), runtime, egress: createEgress(rules) };
}

/**
 * Bubblewrap's arguments for the files that lead a script to its named hosts, through two descriptors from this one on. It
 * waits for their content while its network is ready and nothing of the package has started.
 */
export function nameArguments(descriptor: number): readonly string[] {
  return [
    ["--perms", "0444", "--ro-bind-data", String(descriptor), "/etc/hosts"],
    ["--perms", "0444", "--ro-bind-data", String(descriptor + 1), "/etc/nsswitch.conf"],
  ].flat();
}

/** Makes the sockets of a sandbox that waits for the files of `nameArguments`, and lets it continue. */
export async function connectSandbox(
  { placed, runtime, egress }: SandboxNetwork,
  child: number,
  { hosts, names }: { readonly hosts: Duplex; readonly names: Duplex },
): Promise<void> {
  const servers = await listenInside(child, placed, runtime);
  for (const [number, server] of servers.entries()) {
    const named = placed[number];
    if (named !== undefined) egress.serve(server, named);
  }
  hosts.end(hostsFile(placed));
  names.end(switchFile);
  // The ends must be read: only then are the executor's descriptors closed while the sandbox runs.
  hosts.resume();
  names.resume();
}
