import { lookup } from "node:dns/promises";
import { isIP, Socket } from "node:net";
import { errorCodeOf, limits, type NamedHost } from "@sealrun/protocol";
import { ownAddresses } from "./own-addresses.ts";
import { refuseAddress } from "./refuse-address.ts";

/** Which addresses scripts may be connected to, as an executor's settings and connections say. */
export interface DialRules {
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
  /** Names and addresses of the platform and its NATS servers. */
  readonly platformHosts: readonly string[];
  /** Looks a name up; by default as every program of this machine does. */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
}

/** How a try to connect ended. `address` is null when the name has none. */
type Dialled =
  | { readonly outcome: "connected"; readonly address: string; readonly socket: Socket }
  | { readonly outcome: "refused" | "failed"; readonly address: string | null; readonly reason: string };

/** Connects to a named host, from this machine. Never rejects. */
export type Dial = (named: NamedHost, signal: AbortSignal) => Promise<Dialled>;

/**
 * Dials for one step. A name is looked up for each connection, and what is dialled is an address that was checked.
 * Lookups wait for each other, and connections that wait for the same one share it: each takes one of the few threads
 * that this process has for all its steps and files.
 */
export function createDial(rules: DialRules): Dial {
  const lookUp = rules.addressesOf ?? addressesOf;
  const running = new Map<string, Promise<readonly string[]>>();
  let before: Promise<unknown> = Promise.resolve();
  let platform: Promise<readonly string[]> | undefined;
  const inTurn = (host: string, look: (host: string) => Promise<readonly string[]>): Promise<readonly string[]> => {
    const known = running.get(host);
    if (known !== undefined) return known;
    const found = before
      .then(async () => look(host))
      .catch(() => [])
      .finally(() => running.delete(host));
    running.set(host, found);
    before = found;
    return found;
  };
  const platformAddresses = async (): Promise<readonly string[]> =>
    (await Promise.all(rules.platformHosts.map(async (host) => inTurn(host, addressesOf)))).flat();
  return async ({ host, port }, signal) => {
    platform ??= platformAddresses();
    const checks = { ...rules, own: await ownAddresses(), platform: await platform };
    const addresses = await inTurn(host, lookUp);
    let last: Dialled = { outcome: "failed", address: null, reason: `${host} has no address` };
    for (const address of addresses) {
      const reason = refuseAddress(address, checks);
      if (reason === undefined) {
        const tried = await connectTo(address, port, signal);
        if (tried.outcome === "connected") return tried;
        last = tried;
      } else if (last.address === null) last = { outcome: "refused", address, reason };
    }
    return last;
  };
}

async function connectTo(address: string, port: number, signal: AbortSignal): Promise<Dialled> {
  const socket = new Socket({ allowHalfOpen: true });
  const over = AbortSignal.any([signal, AbortSignal.timeout(limits.networkConnectMs)]);
  const failure = await new Promise<string | undefined>((resolve) => {
    socket.once("connect", () => resolve(undefined));
    socket.once("error", (error) => resolve(errorCodeOf(error) ?? "the connection failed"));
    over.addEventListener("abort", () => resolve(signal.aborted ? "the step has ended" : "no answer came in time"), {
      once: true,
    });
    socket.connect({ host: address, port });
  });
  if (failure === undefined) return { outcome: "connected", address, socket };
  socket.on("error", () => undefined);
  socket.destroy();
  return { outcome: "failed", address, reason: failure };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
