import { once } from "node:events";
import { connect, createServer, type NetConnectOpts, type Socket } from "node:net";

/** A stretch of wire between a process and a server, which a test can break in the ways in which wires break. */
export interface TcpProxy {
  readonly port: number;
  /** Closes every connection; the next one goes through. */
  readonly cut: () => void;
  /** Half-open: connections stay, new ones are accepted, and no byte passes any more until `heal`. */
  readonly freeze: () => void;
  /** Passes bytes again, those first that were held back since `freeze`: they arrive together. */
  readonly thaw: () => void;
  /** Passes bytes again on new connections; what was frozen is cut. */
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

/** Opens one on a free port of 127.0.0.1; `target` is asked at every connection. */
export async function startTcpProxy(target: () => NetConnectOpts): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket | undefined]>();
  let isFrozen = false;
  const join = ([near, far]: readonly [Socket, Socket | undefined]): void => {
    if (far === undefined) return;
    near.pipe(far);
    far.pipe(near);
  };
  const server = createServer((near) => {
    const far = isFrozen ? undefined : connect(target());
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far?.destroy();
    };
    for (const socket of [near, far]) socket?.on("error", end).on("close", end).setNoDelay(true);
    join(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the proxy has no port");
  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.destroy();
      far?.destroy();
    }
  };
  return {
    port: address.port,
    cut,
    freeze: () => {
      isFrozen = true;
      for (const [near, far] of pairs) {
        if (far === undefined) continue;
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
    thaw: () => {
      isFrozen = false;
      for (const pair of pairs) join(pair);
    },
    heal: () => {
      isFrozen = false;
      cut();
    },
    close: async () => {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
