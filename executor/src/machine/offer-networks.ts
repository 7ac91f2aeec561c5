import type { NetworkForm } from "@sealrun/protocol";
import type { Logger } from "pino";
import type { FoundNetworks } from "../between/found-networks.ts";
import type { Sandbox } from "../child/start/step-options.ts";

/** What an executor tells the platform of the networks that it enforces. */
interface AnnouncedNetworks {
  readonly networkForms: readonly NetworkForm[];
  readonly requiresNetwork: boolean;
}

/** What an executor announces; the log says what a package without a network gets where that is not "outbound". */
export function offerNetworks(
  { enforced, missing }: FoundNetworks,
  given: {
    readonly sandbox: Pick<Sandbox, "kind">;
    readonly requireNetwork: boolean;
    readonly log: Pick<Logger, "warn">;
  },
): AnnouncedNetworks {
  const { sandbox, requireNetwork, log } = given;
  if (missing.outbound !== undefined && sandbox.kind !== "none") {
    const what = requireNetwork ? "are refused" : "have this machine's own";
    log.warn(`Packages without a network in manifest.json ${what}: ${missing.outbound}`);
  }
  return { networkForms: enforced, requiresNetwork: requireNetwork };
}
