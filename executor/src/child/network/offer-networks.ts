import type { NetworkForm } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Runtime } from "../layout.ts";
import type { Sandbox } from "../start/step-options.ts";
import { findForms } from "./forms.ts";

/** What an executor's settings say of the network of scripts. */
interface NetworkConfig {
  readonly allowHostNetwork: boolean;
  readonly requireNetwork: boolean;
  readonly slirp4netns: string | null;
}

/** The networks that scripts can have here. */
interface OfferedNetworks {
  readonly announced: { readonly networkForms: readonly NetworkForm[]; readonly requiresNetwork: boolean };
  /** The program slirp4netns, where "outbound" is enforced. */
  readonly slirp4netns: string | undefined;
}

/** Tries what scripts can have on this machine, and logs what a package without a network gets where that is not "outbound". */
export async function offerNetworks(
  { allowHostNetwork, requireNetwork, slirp4netns }: NetworkConfig,
  deps: {
    readonly sandbox: Sandbox;
    readonly runtime: Pick<Runtime, "node" | "bootstrap">;
    /** Workers may open the device that slirp4netns needs. */
    readonly hasTun: boolean;
    readonly log: Pick<Logger, "warn">;
  },
): Promise<OfferedNetworks> {
  const { sandbox, runtime, hasTun, log } = deps;
  const tried = { ...sandbox, slirp4netns, allowsHost: allowHostNetwork };
  const found = await findForms(tried, runtime);
  // This process, which tried it, may open more than a worker of another user.
  const missing = hasTun || found.missing.has("outbound") ? found.missing : new Map([...found.missing, noTun]);
  const enforced = found.enforced.filter((form) => !missing.has(form));
  if (missing.has("outbound") && sandbox.kind !== "none") {
    const what = requireNetwork ? "are refused" : "have this machine's own";
    log.warn(`Packages without a network in manifest.json ${what}: ${missing.get("outbound")}`);
  }
  return {
    announced: { networkForms: enforced, requiresNetwork: requireNetwork },
    slirp4netns: enforced.includes("outbound") ? (slirp4netns ?? undefined) : undefined,
  };
}

const noTun = [
  "outbound",
  "the users of the executor's slots (slotUids) may not open /dev/net/tun, and no device for them can be made here",
] as const;
