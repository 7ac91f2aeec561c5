import { dirname } from "node:path";
import { toSealrunError } from "@sealrun/protocol";
import { findForms } from "../child/network/forms.ts";
import { probeSandbox } from "../child/probe.ts";
import { readState } from "../enrol/state-file.ts";
import { findRuntime } from "../runtime-files.ts";
import { findShortage } from "./free-space.ts";

/** What an executor's settings say of its machine. */
interface MachineSettings {
  readonly unsafeNoSandbox: boolean;
  /** Path of bubblewrap; null without one. */
  readonly bwrap: string | null;
  readonly python: { readonly interpreter: string } | null;
  readonly stateFile: string;
  readonly workDir: string;
  readonly cacheDir: string;
}

/** One finding about a machine on which an executor runs or will run. */
export interface MachineFinding {
  readonly name: "sandbox" | "limits" | "network" | "python" | "enrolment" | "disk";
  readonly state: "good" | "warning" | "bad";
  /** The finding, and what to do when it is not good. */
  readonly sentence: string;
}

/** Looks at this machine as an executor with these settings finds it. Changes nothing, and needs no running executor. */
export async function examineMachine(config: MachineSettings): Promise<readonly MachineFinding[]> {
  return [
    await examineSandbox(config),
    {
      name: "limits",
      state: "warning",
      sentence:
        "A script may use all memory and processes that the executor may; limit the executor itself, for example with MemoryMax and TasksMax in its systemd unit",
    },
    await examineNetwork(config),
    config.python === null
      ? { name: "python", state: "warning", sentence: "There is no Python in the settings: steps in Python fail here" }
      : { name: "python", state: "good", sentence: `Steps in Python run with ${config.python.interpreter}` },
    await examineEnrolment(config),
    await examineDisk(config),
  ];
}

async function examineSandbox({ unsafeNoSandbox, bwrap }: MachineSettings): Promise<MachineFinding> {
  const name = "sandbox";
  if (unsafeNoSandbox) {
    const sentence = "Scripts run without a sandbox: each can read everything that the executor's user can";
    return { name, state: "warning", sentence };
  }
  if (bwrap === null) return { name, state: "bad", sentence: "bubblewrap is not in the settings; install it" };
  try {
    await probeSandbox(bwrap);
    return { name, state: "good", sentence: `A sandbox could be started with ${bwrap}` };
  } catch (error) {
    return { name, state: "bad", sentence: toSealrunError(error).message };
  }
}

async function examineNetwork({ unsafeNoSandbox, bwrap }: MachineSettings): Promise<MachineFinding> {
  const sandbox =
    unsafeNoSandbox || bwrap === null ? { kind: "none" as const } : { kind: "bubblewrap" as const, program: bwrap };
  const { enforced, missing } = await findForms(sandbox, findRuntime(null));
  const reasons = new Set(missing.values());
  const sentence = [`Networks of scripts that can be enforced here: ${enforced.join(", ")}`, ...reasons].join(". ");
  return { name: "network", state: missing.size === 0 ? "good" : "warning", sentence };
}

async function examineEnrolment({ stateFile }: MachineSettings): Promise<MachineFinding> {
  const name = "enrolment";
  try {
    const state = await readState(stateFile);
    if (state === undefined) {
      return { name, state: "warning", sentence: `Not enrolled yet: ${stateFile} is written at the first start` };
    }
    return { name, state: "good", sentence: `Enrolled as ${state.identity.id} in the pool ${state.pool.name}` };
  } catch (error) {
    return { name, state: "bad", sentence: toSealrunError(error).message };
  }
}

async function examineDisk({ workDir, cacheDir, stateFile }: MachineSettings): Promise<MachineFinding> {
  const shortage = await findShortage([workDir, cacheDir, dirname(stateFile)]);
  const name = "disk";
  if (shortage !== undefined) return { name, state: "bad", sentence: shortage.message };
  return { name, state: "good", sentence: `There is room in ${workDir}, ${cacheDir} and ${dirname(stateFile)}` };
}
