import { release } from "node:os";
import { dirname } from "node:path";
import { toSealrunError } from "@sealrun/protocol";
import type { FoundNetworks } from "../between/found-networks.ts";
import { findForms } from "../child/network/forms.ts";
import { findCgroup } from "../child/limits/cgroup.ts";
import { describeMeans } from "../child/limits/limit-means.ts";
import { probeSandbox } from "../child/probe.ts";
import { readState } from "../enrol/state-file.ts";
import { findRuntime, presentProgram } from "../runtime-files.ts";
import { examineIsolation, type IsolationSettings } from "../self-attack/examine-isolation.ts";
import type { Separation } from "../supervisor/workers/open-places.ts";
import { findShortage } from "./free-space.ts";

/** What an executor's settings say of its machine. */
interface MachineSettings extends Omit<IsolationSettings, "bwrap"> {
  readonly unsafeNoSandbox: boolean;
  /** Path of bubblewrap; null without one. */
  readonly bwrap: string | null;
  readonly workDir: string;
  readonly cacheDir: string;
  /** Path of the executor's cgroup, if it has one. */
  readonly cgroup?: string | undefined;
}

/** One finding about a machine on which an executor runs or will run. */
export interface MachineFinding {
  readonly name: "sandbox" | "level" | "limits" | "network" | "python" | "enrolment" | "disk";
  readonly state: "good" | "warning" | "bad";
  /** The finding, and what to do when it is not good. */
  readonly sentence: string;
}

/** Looks at this machine as an executor with these settings finds it. Changes nothing, and needs no running executor. */
export async function examineMachine(config: MachineSettings): Promise<readonly MachineFinding[]> {
  const sandbox = await examineSandbox(config);
  return [
    ...sandbox.findings,
    examineLimits(config, sandbox.separation === "own-user"),
    describeNetworks(sandbox.networks ?? (await findForms(triedHere(config), findRuntime(null)))),
    config.python === null
      ? { name: "python", state: "warning", sentence: "There is no Python in the settings: steps in Python fail here" }
      : { name: "python", state: "good", sentence: `Steps in Python run with ${config.python.interpreter}` },
    await examineEnrolment(config),
    await examineDisk(config),
  ];
}

/** What is found about a sandbox, and how workers are kept from their executor. */
interface SandboxFindings {
  readonly findings: readonly MachineFinding[];
  readonly separation: Separation["kind"];
  /** The networks of scripts, as a worker finds them; undefined where none could be started. */
  readonly networks?: FoundNetworks;
}

async function examineSandbox(config: MachineSettings): Promise<SandboxFindings> {
  const { unsafeNoSandbox, bwrap, minSandbox } = config;
  const name = "sandbox";
  if (unsafeNoSandbox) {
    const sentence = "Scripts run without a sandbox: each can read everything that the executor's user can";
    if (minSandbox === "none") return alone({ name, state: "warning", sentence });
    return alone({ name, state: "bad", sentence: `${sentence}; the settings say minSandbox ${minSandbox}` });
  }
  if (bwrap === null) return alone({ name, state: "bad", sentence: "bubblewrap is not in the settings; install it" });
  try {
    await probeSandbox(bwrap);
  } catch (error) {
    return alone({ name, state: "bad", sentence: toSealrunError(error).message });
  }
  const start: MachineFinding = { name, state: "good", sentence: `A sandbox could be started with ${bwrap}` };
  const level = await examineLevel({ ...config, bwrap });
  return { ...level, findings: [start, ...level.findings] };
}

async function examineLevel(config: IsolationSettings): Promise<SandboxFindings> {
  const name = "level";
  try {
    const { isEnough, separation, networks, sentence } = await examineIsolation(config);
    const state = !isEnough ? "bad" : separation === "shared" ? "warning" : "good";
    return { findings: [{ name, state, sentence }], separation, networks };
  } catch (error) {
    return alone({ name, state: "bad", sentence: toSealrunError(error).message });
  }
}

function alone(finding: MachineFinding): SandboxFindings {
  return { findings: [finding], separation: "shared" };
}

/** What to try without a worker. */
function triedHere(config: MachineSettings): Parameters<typeof findForms>[0] {
  const { unsafeNoSandbox, bwrap, allowHostNetwork: allowsHost } = config;
  if (unsafeNoSandbox || bwrap === null) return { kind: "none", allowsHost };
  return { kind: "bubblewrap", program: bwrap, slirp4netns: presentProgram(config.slirp4netns), allowsHost };
}

function describeNetworks({ enforced, missing }: FoundNetworks): MachineFinding {
  const reasons = new Set(Object.values(missing));
  const sentence = [
    `Networks that scripts can have here: ${enforced.join(", ") || "none that a package may ask for"}`,
    ...reasons,
  ].join(". ");
  return { name: "network", state: reasons.size === 0 ? "good" : "warning", sentence };
}

function examineLimits({ unsafeNoSandbox, cgroup, slotUids }: MachineSettings, hasUsers: boolean): MachineFinding {
  const name = "limits";
  let found: ReturnType<typeof findCgroup> | undefined;
  try {
    found = cgroup === undefined ? undefined : findCgroup(cgroup);
  } catch (error) {
    return { name, state: "bad", sentence: toSealrunError(error).message };
  }
  const { isWeak, sentence } = describeMeans({
    hasSandbox: !unsafeNoSandbox,
    // Where scripts have users of their own, the kernel counts the processes of each.
    userId: slotUids !== null && hasUsers ? slotUids.first : (process.getuid?.() ?? 0),
    kernel: release(),
    cgroup: found,
  });
  return { name, state: isWeak ? "warning" : "good", sentence };
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
