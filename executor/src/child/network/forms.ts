import { networkForm, type NetworkForm, type NetworkSetting, SealrunError, toSealrunError } from "@sealrun/protocol";
import { readHostRoots } from "../host-roots.ts";
import type { FoundNetworks } from "../../between/found-networks.ts";
import type { Runtime } from "../layout.ts";
import { probeSandbox } from "../probe.ts";
import type { Sandbox } from "../start/step-options.ts";
import { socketsFrom3 } from "../running-script.ts";
import { isolationArguments, networkArguments, systemArguments } from "../sandbox.ts";
import { readSandboxStatus } from "../sandbox-status.ts";
import { confine, filterArguments } from "../seccomp/confine.ts";
import { startProgram } from "../start-program.ts";
import { type NetworkMeans, openSandboxNetwork } from "./open-network.ts";
import { connectSandbox, nameArguments } from "./sandbox-network.ts";

type Programs = Pick<Runtime, "node" | "bootstrap">;

/** A sandbox whose network is limited. */
type Tried = Pick<Sandbox, "kind"> & {
  readonly program?: string;
  /** Path of slirp4netns, where the machine has it. */
  readonly slirp4netns?: string | undefined;
  /** The setting `allowHostNetwork`: a package may ask for this machine's network. */
  readonly allowsHost: boolean;
};

/**
 * Tries each form on this machine, as the user of this process. Never fails: what does not work is missing. The host's
 * network needs no try.
 */
export async function findForms(sandbox: Tried, runtime: Programs): Promise<FoundNetworks> {
  const missing: FoundNetworks["missing"] = {};
  const attempt = async (form: NetworkForm, probe: (bubblewrap: string) => Promise<void>): Promise<void> => {
    try {
      if (sandbox.kind === "none" || sandbox.program === undefined) throw withoutSandbox();
      await probe(sandbox.program);
    } catch (error) {
      missing[form] = toSealrunError(error).message;
    }
  };
  await attempt("none", async (bubblewrap) =>
    probeSandbox(bubblewrap, [...isolationArguments, ...networkArguments("none")]),
  );
  // A port that only the owner of a network may listen on.
  const named = ["probe.invalid:1"];
  await attempt("named", async (bubblewrap) => probeNetwork(bubblewrap, { setting: named, runtime }));
  await attempt("outbound", async (bubblewrap) => {
    const { slirp4netns } = sandbox;
    if (slirp4netns === undefined) throw withoutSlirp();
    await probeNetwork(bubblewrap, { setting: "outbound", runtime, slirp4netns });
  });
  const isOffered = (form: NetworkForm): boolean =>
    form === "host" ? sandbox.allowsHost : missing[form] === undefined;
  return { enforced: networkForm.options.filter(isOffered), missing };
}

/** Starts a sandbox with this network, with all that belongs to it. */
async function probeNetwork(
  bubblewrap: string,
  { setting, ...means }: NetworkMeans & { readonly setting: NetworkSetting },
): Promise<void> {
  const network = await openSandboxNetwork(setting, means);
  if (network === undefined) throw new SealrunError("INTERNAL", "");
  const namespaces = [...isolationArguments, ...networkArguments(setting)];
  const descriptors = [...filterArguments(3), ...nameArguments(setting, 4), "--json-status-fd", "6"];
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
    throw new SealrunError("NETWORK_NOT_ENFORCED", "A sandbox with a network of its own ended before its program did");
  } finally {
    subprocess.kill("SIGKILL");
    // A sandbox that still waits for its names then ends too.
    for (const socket of sockets) socket.destroy();
    await subprocess;
    await network.close();
  }
}

/** Only ends a probe that would never end. */
const maxProbeMs = 30_000;

function withoutSandbox(): SealrunError {
  return new SealrunError("NETWORK_NOT_ENFORCED", "Without a sandbox there is only this machine's network");
}

function withoutSlirp(): SealrunError {
  const sentence = 'slirp4netns is not installed; install it for the network "outbound"';
  return new SealrunError("NETWORK_NOT_ENFORCED", sentence);
}
