import { namedHosts, type NetworkSetting, SealrunError } from "@sealrun/protocol";
import type { Runtime } from "../layout.ts";
import type { DialRules } from "./dial.ts";
import { createEgress } from "./egress.ts";
import { listenInside } from "./listen-inside.ts";
import { openOutbound } from "./outbound.ts";
import { hostsFile, placeHosts, switchFile } from "./place-hosts.ts";
import type { SandboxNetwork } from "./sandbox-network.ts";

/** What this machine has for the networks of sandboxes. */
export interface NetworkMeans {
  readonly runtime: Pick<Runtime, "node" | "bootstrap">;
  readonly rules?: DialRules | undefined;
  /** The program slirp4netns, where "outbound" is enforced. */
  readonly slirp4netns?: string | undefined;
}

/** Without settings nothing is allowed or refused besides what always is. */
const noRules: DialRules = { allowed: [], refused: [], platformHosts: [] };

/** What a step's sandbox needs for a setting; undefined for one that reaches nothing, or all that this machine reaches. */
export function openSandboxNetwork(
  setting: NetworkSetting | undefined,
  { runtime, rules = noRules, slirp4netns }: NetworkMeans,
): SandboxNetwork | undefined {
  if (setting === "outbound") {
    if (slirp4netns !== undefined) return openOutbound(slirp4netns, rules);
    throw new SealrunError("NETWORK_NOT_ENFORCED", 'This executor does not enforce the network "outbound"');
  }
  const named = namedHosts(setting);
  if (named.length === 0) return undefined;
  const placed = placeHosts(named);
  const egress = createEgress(rules);
  return {
    open: async (child) => {
      const servers = await listenInside(child, placed, runtime);
      for (const [number, server] of servers.entries()) {
        const host = placed[number];
        if (host !== undefined) egress.serve(server, host);
      }
      return [hostsFile(placed), switchFile];
    },
    close: egress.close,
  };
}
