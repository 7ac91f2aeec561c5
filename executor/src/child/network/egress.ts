import type { Server, Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { limits, type NamedHost } from "@sealrun/protocol";
import { createDial, type DialRules } from "./dial.ts";

/** What scripts of one step sent to and got from one address of a named host, or why they were not connected. */
export interface Connected extends NamedHost {
  /** Null when the name has no address, and for addresses that are counted together. */
  readonly address: string | null;
  readonly outcome: "connected" | "refused" | "failed";
  /** Why it was refused or failed; null for a connection, and for addresses that are counted together. */
  readonly reason: string | null;
  readonly connections: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** The connections of one step to its named hosts. */
export interface Egress {
  /** Serves a socket that listens in the step's sandbox; closes it when the step has ended already. */
  readonly serve: (server: Server, named: NamedHost) => void;
  /** Ends every connection; gives what there was, in the order of the first connections. */
  readonly close: () => Promise<readonly Connected[]>;
}

type Counts = { -readonly [Key in keyof Connected]: Connected[Key] };

/** From here on, connections of one host to further addresses are counted together. */
const maxRows = 256;

/** Connects a step's sandbox to the hosts that its package names, and to nothing else. */
export function createEgress(rules: DialRules): Egress {
  const dial = createDial(rules);
  const over = new AbortController();
  const servers: Server[] = [];
  const open = new Set<Promise<void>>();
  const counts = new Map<string, Counts>();

  const count = (named: NamedHost, of: Pick<Connected, "address" | "outcome" | "reason">): Counts => {
    // A name may have another address each time.
    const told = counts.size < maxRows ? of : { address: null, outcome: of.outcome, reason: null };
    const key = JSON.stringify([named.host, named.port, told.address, told.outcome, told.reason]);
    const known = counts.get(key) ?? { ...named, ...told, connections: 0, sentBytes: 0, receivedBytes: 0 };
    counts.set(key, known);
    known.connections += 1;
    return known;
  };
  const join = async (inside: Socket, named: NamedHost): Promise<void> => {
    inside.on("error", () => undefined);
    const dialled = await dial(named, over.signal);
    if (dialled.outcome !== "connected") {
      count(named, dialled);
      inside.resetAndDestroy();
      return;
    }
    const { socket: outside, address } = dialled;
    const counted = count(named, { address, outcome: "connected", reason: null });
    outside.on("error", () => undefined);
    outside.setNoDelay();
    inside.setNoDelay();
    const { signal } = over;
    await Promise.allSettled([pipeline(inside, outside, { signal }), pipeline(outside, inside, { signal })]);
    counted.sentBytes += inside.bytesRead;
    counted.receivedBytes += outside.bytesRead;
    inside.destroy();
    outside.destroy();
  };
  return {
    serve: (server, { host, port }) => {
      if (over.signal.aborted) {
        server.close();
        return;
      }
      servers.push(server);
      // Half-closed connections are common: a client ends its request, and reads the answer.
      Object.assign(server, { allowHalfOpen: true, pauseOnConnect: true });
      server.on("error", () => undefined);
      server.on("connection", (inside) => {
        if (over.signal.aborted || open.size >= limits.networkConnections) {
          count({ host, port }, { address: null, outcome: "refused", reason: tooMany });
          inside.resetAndDestroy();
          return;
        }
        const joined = join(inside, { host, port }).finally(() => open.delete(joined));
        open.add(joined);
      });
    },
    close: async () => {
      over.abort();
      for (const server of servers) server.close();
      await Promise.all(open);
      return [...counts.values()];
    },
  };
}

const tooMany = `the step has ${limits.networkConnections} connections open already`;
