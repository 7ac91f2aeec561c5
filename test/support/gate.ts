import { once } from "node:events";
import { createServer } from "node:http";

/** A place where a script waits until the test lets it go on. Its package needs the host's network. */
export interface Gate {
  /** The script asks for this; the answer comes when the gate opens. */
  readonly url: string;
  /** Settles when as many scripts as were expected stand at the gate. */
  readonly arrived: Promise<void>;
  open(): void;
  close(): Promise<void>;
}

/** A closed gate, made for one script or more. */
export async function makeGate(expected = 1): Promise<Gate> {
  let waiting = 0;
  const arrived = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    waiting += 1;
    if (waiting === expected) arrived.resolve();
    void opened.promise.then(() => response.end("go\n"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    arrived: arrived.promise,
    open: () => {
      opened.resolve();
    },
    close: async () => {
      opened.resolve();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
