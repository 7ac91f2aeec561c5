import { namedHosts, type NetworkSetting, SealrunError } from "@sealrun/protocol";
import type { Runtime } from "../layout.ts";
import type { DialRules } from "./dial.ts";
import { createEgress } from "./egress.ts";
import { listenInside } from "./listen-inside.ts";
import { openOutbound, type OutboundPlan, planOutbound } from "./outbound.ts";
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

/** A network that can be opened for any sandbox, and not just for that of one step. */
export interface CommonNetwork {
  /** What is decided about it: two with equal plans are the same. Undefined where there is nothing to decide. */
  readonly plan: OutboundPlan | undefined;
  /** Opens it for one sandbox; undefined for one that reaches nothing, or all that this machine reaches. */
  readonly open: () => SandboxNetwork | undefined;
}

/** What a step's sandbox needs for a setting; undefined for one that reaches nothing, or all that this machine reaches. */
export async function openSandboxNetwork(
  setting: NetworkSetting | undefined,
  means: NetworkMeans,
): Promise<SandboxNetwork | undefined> {
  const common = await findCommonNetwork(setting, means);
  if (common !== undefined) return common.open();
  const { runtime, rules = noRules } = means;
  const placed = placeHosts(namedHosts(setting));
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

/** The network of a setting, as it is now; undefined for named hosts, whose sockets belong to one step. */
export async function findCommonNetwork(
  setting: NetworkSetting | undefined,
  { rules = noRules, slirp4netns }: Pick<NetworkMeans, "rules" | "slirp4netns">,
): Promise<CommonNetwork | undefined> {
  if (namedHosts(setting).length > 0) return undefined;
  if (setting !== "outbound") return { plan: undefined, open: () => undefined };
  if (slirp4netns === undefined) {
    throw new SealrunError("NETWORK_NOT_ENFORCED", 'This executor does not enforce the network "outbound"');
  }
  const plan = await planOutbound(rules);
  return { plan, open: () => openOutbound(slirp4netns, plan) };
}
