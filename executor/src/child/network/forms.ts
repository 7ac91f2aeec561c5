import { networkForm, type NetworkForm, SealrunError, toSealrunError } from "@sealrun/protocol";
import { readHostRoots } from "../host-roots.ts";
import type { Runtime } from "../layout.ts";
import { probeSandbox } from "../probe.ts";
import type { Sandbox } from "../start/step-options.ts";
import { socketsFrom3 } from "../running-script.ts";
import { isolationArguments, networkArguments, systemArguments } from "../sandbox.ts";
import { readSandboxStatus } from "../sandbox-status.ts";
import { confine, filterArguments } from "../seccomp/confine.ts";
import { startProgram } from "../start-program.ts";
import { userIsolation } from "../user/slot-user.ts";
import { connectSandbox, nameArguments, openSandboxNetwork } from "./sandbox-network.ts";

/** How the network of scripts can be limited on this machine. */
export interface NetworkForms {
  readonly enforced: readonly NetworkForm[];
  /** Why each other form cannot be enforced here, as a sentence. */
  readonly missing: ReadonlyMap<NetworkForm, string>;
}

type Programs = Pick<Runtime, "node" | "bootstrap">;

/** A sandbox whose network is limited; `hasUsers` when scripts run in it as the users of their slots. */
type Tried = Pick<Sandbox, "kind"> & { readonly program?: string; readonly hasUsers: boolean };

/** Tries each form on this machine. Never fails: what does not work is missing. */
export async function findForms(sandbox: Tried, runtime: Programs): Promise<NetworkForms> {
  const missing = new Map<NetworkForm, string>();
  const isolation = sandbox.hasUsers ? userIsolation : isolationArguments;
  const attempt = async (form: NetworkForm, probe: (bubblewrap: string) => Promise<void>): Promise<void> => {
    try {
      if (sandbox.kind === "none" || sandbox.program === undefined) throw withoutSandbox();
      await probe(sandbox.program);
    } catch (error) {
      missing.set(form, toSealrunError(error).message);
    }
  };
  await attempt("none", async (bubblewrap) => probeSandbox(bubblewrap, [...isolation, ...networkArguments("none")]));
  await attempt("named", async (bubblewrap) => probeNamed(bubblewrap, isolation, runtime));
  return { enforced: networkForm.options.filter((form) => !missing.has(form)), missing };
}

/** Starts a sandbox with one named host, at a port that only its owner may listen on. */
async function probeNamed(bubblewrap: string, isolation: readonly string[], runtime: Programs): Promise<void> {
  const setting = ["probe.invalid:1"];
  const network = openSandboxNetwork(setting, runtime);
  if (network === undefined) throw new SealrunError("INTERNAL", "");
  const namespaces = [...isolation, ...networkArguments(setting)];
  const descriptors = [...filterArguments(3), ...nameArguments(4), "--json-status-fd", "6"];
  const files = systemArguments(await readHostRoots(), []);
  const subprocess = startProgram(bubblewrap, [...namespaces, ...files, ...descriptors, "--", "/usr/bin/true"], {
    env: {},
    cwd: "/",
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe", "pipe", "pipe"],
    buffer: false,
    reject: false,
    timeout: maxProbeMs,
  });
  const sockets = socketsFrom3(subprocess.stdio, 4);
  try {
    const [filterStream, hosts, names, statusStream] = sockets;
    if (!filterStream || !hosts || !names || !statusStream) throw new SealrunError("INTERNAL", "");
    confine(subprocess.pid, filterStream);
    const status = readSandboxStatus(statusStream);
    const first = await status.firstProcess;
    if (first === undefined) throw new SealrunError("NETWORK_NOT_ENFORCED", "No sandbox can be started here");
    await connectSandbox(network, first.id, { hosts, names });
    await status.ended;
    if (status.exitCode() === 0) return;
    throw new SealrunError("NETWORK_NOT_ENFORCED", "A sandbox with named hosts ended before its program did");
  } finally {
    subprocess.kill("SIGKILL");
    // A sandbox that still waits for its names then ends too.
    for (const socket of sockets) socket.destroy();
    await subprocess;
    await network.egress.close();
  }
}

/** Only ends a probe that would never end. */
const maxProbeMs = 60_000;

function withoutSandbox(): SealrunError {
  return new SealrunError("NETWORK_NOT_ENFORCED", "Without a sandbox there is only this machine's network");
}
