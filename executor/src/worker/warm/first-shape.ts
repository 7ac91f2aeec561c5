import type { StepLimits } from "@sealrun/protocol";
import type { Runtime } from "../../child/layout.ts";
import { networkIn } from "../../child/network/choose-network.ts";
import type { Sandbox } from "../../child/start/step-options.ts";
import { warmShape } from "../../child/warm/plan-warm-start.ts";
import type { WarmShape } from "../../child/warm/warm-shape.ts";

/** What a worker knows before its first attempt. */
export interface BeforeFirst {
  readonly sandbox: Sandbox;
  readonly runtime: Runtime;
  readonly allowsHost: boolean;
  readonly requiresNetwork: boolean;
  /** The limits of a step whose package asks for none. */
  readonly limits: StepLimits;
}

/**
 * What the commonest first step needs: Node without dependencies, and the network and the limits of a package that names
 * none. Undefined where no runner is started ahead, or no such package runs.
 */
export async function firstShape({ limits, runtime, ...given }: BeforeFirst): Promise<WarmShape | undefined> {
  const { sandbox, requiresNetwork } = given;
  if (sandbox.kind === "none" || (requiresNetwork && sandbox.slirp4netns === undefined)) return undefined;
  return warmShape({ sandbox, runtime, limits, network: networkIn(given, undefined) }, "node");
}
