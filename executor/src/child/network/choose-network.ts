import { type NetworkSetting, SealrunError } from "@sealrun/protocol";
import type { Sandbox } from "../start/step-options.ts";

/** What an executor's settings and machine say of the network of scripts. */
export interface OfferedNetwork {
  /** The network "outbound" is enforced here. */
  readonly hasOutbound: boolean;
  /** The setting `allowHostNetwork`. */
  readonly allowsHost: boolean;
  /** The setting `requireNetwork`: no script has the machine's network. */
  readonly requiresNetwork: boolean;
}

/**
 * The network of a package's scripts: what its manifest says, else "outbound" where that is enforced, else the machine's
 * own. Throws `NETWORK_NOT_ENFORCED` for what this executor does not offer; the platform gives it no such package.
 */
export function chooseNetwork(asked: NetworkSetting | undefined, offered: OfferedNetwork): NetworkSetting {
  if (asked === undefined && offered.hasOutbound) return "outbound";
  if (asked === undefined && !offered.requiresNetwork) return "host";
  if (asked === undefined) {
    const sentence = 'This executor enforces no network "outbound" and its setting requireNetwork allows no other';
    throw new SealrunError("NETWORK_NOT_ENFORCED", sentence);
  }
  if (asked === "host" && !offered.allowsHost) {
    throw new SealrunError(
      "NETWORK_NOT_ENFORCED",
      'This executor does not offer its machine\'s network ("host" in manifest.json); set allowHostNetwork in its settings, or change the field',
    );
  }
  return asked;
}

/** The same for scripts in this sandbox. Throws as `chooseNetwork`. */
export function networkIn(
  { sandbox, ...offered }: Omit<OfferedNetwork, "hasOutbound"> & { readonly sandbox: Sandbox },
  asked: NetworkSetting | undefined,
): NetworkSetting {
  const hasOutbound = sandbox.kind !== "none" && sandbox.slirp4netns !== undefined;
  return chooseNetwork(asked, { ...offered, hasOutbound });
}
