import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { errorCodeOf, SealrunError } from "@sealrun/protocol";

/**
 * Below the ports that Linux gives to connections and to servers on port 0: one of those may be taken before it is used.
 * Above 10080, the last one that browsers refuse.
 */
const choice = { from: 11_000, to: 32_768, maxTries: 100 } as const;

/** A port that nothing listens on now; `PORT_TAKEN` says why none can be used. */
export async function findFreePort(host: string): Promise<number> {
  for (let tried = 1; ; tried += 1) {
    const port = randomInt(choice.from, choice.to);
    try {
      await requireFreePort(host, port);
      return port;
    } catch (error) {
      if (tried === choice.maxTries) throw error;
    }
  }
}

/**
 * Does nothing for a port that can be listened on; `PORT_TAKEN` names one that is in use or not allowed, and the option
 * that chooses another.
 */
export async function requireFreePort(host: string, port: number, option?: "--port" | "--metrics-port"): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw new SealrunError("PORT_TAKEN", `Port ${port} on ${host} ${problemOf(errorCodeOf(error), option)}`, {
      cause: error,
    });
  }
  server.close();
  await once(server, "close");
}

function problemOf(code: string | undefined, option: string | undefined): string {
  const where = option === undefined ? "" : ` with ${option}`;
  const orAny = option === "--metrics-port" ? "" : ", or 0 for any free one";
  if (code === "EACCES") return `is not allowed for this user; choose one from 1024 on${where}${orAny}`;
  if (code === "EADDRNOTAVAIL")
    return `cannot be used: this machine does not have that address; choose another${where}`;
  return `is in use, by another program or by a sealrun that runs already; choose another${where}${orAny}`;
}
