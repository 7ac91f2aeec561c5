import { isIP } from "node:net";
import { SealrunError, showName } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";

/**
 * Answers only for hosts of this platform: IP addresses, localhost, and these names. A page of another site can let its
 * own name point to this machine, but not send another name as `Host`. It can send `X-Forwarded-Host`, so what a trusted
 * proxy says counts besides `Host`, never instead of it.
 */
export function refuseOtherHosts(app: FastifyInstance, allowedHosts: readonly string[]): void {
  const allowed = new Set(allowedHosts.map(readName));
  // A program that speaks HTTP/1.0 may send none; a browser always does.
  const isOwn = (name: string): boolean => name === "" || isIP(name) !== 0 || isLocal(name) || allowed.has(name);
  app.addHook("onRequest", async ({ headers, host }) => {
    for (const name of [headers.host, host].map((given) => readName(given ?? ""))) {
      if (isOwn(name)) continue;
      throw new SealrunError(
        "HOST_NOT_ALLOWED",
        `This platform does not answer for the host ${showName(name)}; use an address of its own, or add the name to allowedHosts in its settings`,
      );
    }
  });
}

/** The name in a `Host` header, without port, brackets and the dot of a full name, in small letters. */
function readName(host: string): string {
  const [, inBrackets, name = host] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (inBrackets ?? name).replace(/\.$/, "").toLowerCase();
}

function isLocal(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}
