import { once } from "node:events";
import { createServer } from "node:net";
import { SealrunError } from "@sealrun/protocol";

/** Does nothing for a port that can be listened on; `PORT_TAKEN` names one that is in use or not allowed. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const sentence = `Port ${port} on ${host} is in use or not allowed; choose another, or 0 for any free one`;
    throw new SealrunError("PORT_TAKEN", sentence, { cause: error });
  }
  server.close();
  await once(server, "close");
}
