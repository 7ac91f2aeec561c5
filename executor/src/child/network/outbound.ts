import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { SealrunError } from "@sealrun/protocol";
import { socketsFrom3 } from "../running-script.ts";
import { startProgram } from "../start-program.ts";
import type { DialRules } from "./dial.ts";
import { enterNetwork, hasOwnUsers, helperEnvironment, maxStartMs } from "./enter-network.ts";
import { ownAddresses } from "./own-addresses.ts";
import { switchFile } from "./place-hosts.ts";
import { resolverFile, routingRules, sandboxCidr } from "./outbound-rules.ts";
import type { SandboxNetwork } from "./sandbox-network.ts";

/** How long slirp4netns may take to end by itself. */
const endMs = 2_000;

/** What the network "outbound" of one sandbox is made of: it does not change while the sandbox is there. */
export interface OutboundPlan {
  /** The rules for its routes, as `ip -batch` reads them. */
  readonly routing: string;
  /** Its `/etc/resolv.conf`. */
  readonly resolver: string;
}

/** The network "outbound" by this machine's addresses and names of now. */
export async function planOutbound(rules: DialRules): Promise<OutboundPlan> {
  const own = await ownAddresses();
  const platform = (await Promise.all(rules.platformHosts.map(addressesOf))).flat();
  const host = await readFile("/etc/resolv.conf", "utf8").catch(() => "");
  return {
    routing: routingRules({ allowed: rules.allowed, refused: [...rules.refused, ...own, ...platform] }),
    resolver: resolverFile(host),
  };
}

/**
 * The network "outbound": slirp4netns carries what the sandbox sends, from outside and as this process's user. Before the
 * script starts, rules in the sandbox's own network refuse this machine, the platform and cloud metadata. The script can
 * change none of them. `program` ends with this process, or when the network is closed.
 */
export function openOutbound(program: string, plan: OutboundPlan): SandboxNetwork {
  let carried: Promise<() => Promise<void>> | undefined;
  return {
    open: async (child) => {
      const entering = await enterNetwork(child);
      carried = carry(program, child);
      // Both must have ended before a failure is told: nothing is left behind.
      for (const result of await Promise.allSettled([refuseInside(entering, plan), carried])) {
        if (result.status === "rejected") throw result.reason;
      }
      return [plan.resolver, switchFile.replace("hosts: files", "hosts: files dns")];
    },
    close: async () => {
      const end = await carried?.catch(() => undefined);
      await end?.();
      return [];
    },
  };
}

/** Starts slirp4netns, and waits until the sandbox has its address and route; gives what ends it. */
async function carry(program: string, child: number): Promise<() => Promise<void>> {
  const users = (await hasOwnUsers(child)) ? [`--userns-path=/proc/${child}/ns/user`] : [];
  const options = [
    ["--configure", "--ready-fd=3", "--exit-fd=4", "--mtu=65520", `--cidr=${sandboxCidr}`],
    ["--disable-host-loopback", "--enable-seccomp", "--netns-type=path"],
    // Its own sandbox needs the user id 0. A worker that has not is in one already.
    process.getuid?.() === 0 ? ["--enable-sandbox"] : [],
  ].flat();
  const subprocess = startProgram(program, [...options, ...users, `/proc/${child}/ns/net`, "tap0"], {
    env: { ...helperEnvironment, ...librariesOf(program) },
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    reject: false,
    cleanup: true,
    maxBuffer: 64 * 1024,
  });
  const [ready, exit] = socketsFrom3(subprocess.stdio, 2);
  const end = async (): Promise<void> => {
    exit?.destroy();
    ready?.destroy();
    const timer = setTimeout(() => subprocess.kill("SIGKILL"), endMs);
    await subprocess;
    clearTimeout(timer);
  };
  const isReady = new Promise<boolean>((resolve) => {
    ready?.once("data", () => resolve(true)).once("close", () => resolve(false));
    setTimeout(() => resolve(false), maxStartMs).unref();
  });
  if (await isReady) return end;
  subprocess.kill("SIGKILL");
  const { stderr, shortMessage } = await subprocess;
  await end();
  throw notEnforced(lastLine(stderr) ?? shortMessage ?? "slirp4netns ended early");
}

/** Where a package was unpacked into a folder of its own, its libraries are there too. */
function librariesOf(program: string): Readonly<Record<string, string>> {
  const folder = join(dirname(program), "../lib", multiarch);
  return existsSync(join(folder, "libslirp.so.0")) ? { LD_LIBRARY_PATH: folder } : {};
}

const multiarch = `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

/** Sets the rules of the sandbox's network: what is allowed in any case, then what is refused. */
async function refuseInside(entering: readonly string[], { routing }: OutboundPlan): Promise<void> {
  const result = await startProgram("nsenter", [...entering, "ip", "-batch", "-"], {
    env: helperEnvironment,
    cwd: "/",
    input: routing,
    reject: false,
    timeout: maxStartMs,
  });
  if (result.failed) throw notEnforced(lastLine(result.stderr) ?? result.shortMessage ?? "ip failed");
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}

function lastLine(text: string | undefined): string | undefined {
  return text
    ?.trim()
    .split("\n")
    .findLast((line) => line !== "");
}

function notEnforced(reason: string): SealrunError {
  return new SealrunError(
    "NETWORK_NOT_ENFORCED",
    `The network "outbound" could not be made (${reason}); install slirp4netns and iproute2, and let the executor's user open /dev/net/tun`,
  );
}
