import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** What a script must not reach on this machine. */
export interface Targets {
  /** Environment of a script with `attackScript`. */
  readonly own: Readonly<Record<string, string>>;
  /** How often any of them was connected to. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A listener on the loopback address, an abstract socket, and a Node process that can be debugged. */
export async function openTargets(): Promise<Targets> {
  let connections = 0;
  const count = (): Server =>
    createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
  const tcp = count();
  tcp.listen(0, "127.0.0.1");
  const name = `sealrun-test-${randomUUID()}`;
  const abstract = count();
  abstract.listen(`\0${name}`);
  await Promise.all([once(tcp, "listening"), once(abstract, "listening")]);
  const debugged = spawn(process.execPath, ["--inspect=127.0.0.1:0", "-e", "setInterval(() => {}, 1000)"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  while (!said.includes("ws://")) {
    const [chunk]: unknown[] = await once(debugged.stderr, "data");
    said += String(chunk);
  }
  const address = tcp.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    own: {
      HOST_PORT: String(port),
      ABSTRACT: name,
      INSPECT_PORT: /ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1] ?? "",
    },
    connections: () => connections,
    close: async () => {
      const ended = once(debugged, "exit");
      debugged.kill("SIGKILL");
      await ended;
      for (const server of [tcp, abstract]) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Python that tries each target, and prints its name and "reached" or the reason of the failure. */
export const attackScript = `
import errno, os, socket
def attempt(name, family, address):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as peer:
            peer.settimeout(3)
            peer.connect(address)
        print(name, "reached")
    except OSError as error:
        print(name, errno.errorcode.get(error.errno, type(error).__name__))
attempt("loopback", socket.AF_INET, ("127.0.0.1", int(os.environ["HOST_PORT"])))
attempt("debugger", socket.AF_INET, ("127.0.0.1", int(os.environ["INSPECT_PORT"])))
attempt("abstract", socket.AF_UNIX, "\\0" + os.environ["ABSTRACT"])
attempt("metadata", socket.AF_INET, ("169.254.169.254", 80))
attempt("address", socket.AF_INET, ("1.1.1.1", 80))
`;
