import { type NetworkForm, toSealrunError } from "@sealrun/protocol";
import { probeSandbox } from "../probe.ts";
import type { Sandbox } from "../run-step.ts";
import { networkArguments } from "../sandbox.ts";

/** How the network of scripts can be limited on this machine. */
export interface NetworkForms {
  readonly enforced: readonly NetworkForm[];
  /** Why each other form cannot be enforced here, as a sentence. */
  readonly missing: ReadonlyMap<NetworkForm, string>;
}

/** Tries each form on this machine. Never fails: what does not work is missing. */
export async function findForms(sandbox: Pick<Sandbox, "kind"> & { readonly program?: string }): Promise<NetworkForms> {
  const { program } = sandbox;
  if (sandbox.kind === "none" || program === undefined) {
    return {
      enforced: ["host"],
      missing: new Map([["none", "Without a sandbox there is only this machine's network"]]),
    };
  }
  try {
    await probeSandbox(program, networkArguments("none"));
    return { enforced: ["host", "none"], missing: new Map() };
  } catch (error) {
    return { enforced: ["host"], missing: new Map([["none", toSealrunError(error).message]]) };
  }
}
