import type { FastifyInstance } from "fastify";

/** Warns in the log, once, that a proxy's word on how requests came is not believed: nothing else would show it. */
export function warnOfUntrustedProxy(app: FastifyInstance): void {
  let isTold = false;
  app.addHook("onRequest", async (request) => {
    const said = request.headers["x-forwarded-proto"];
    if (isTold || said === undefined || lastOf(said) === request.protocol) return;
    isTold = true;
    request.log.warn(
      { address: request.socket.remoteAddress },
      "X-Forwarded-Proto came from an address that is not trusted and was not believed; if a proxy of yours is there, name it in trustedProxies",
    );
  });
}

/** What the nearest proxy said. */
function lastOf(header: string | readonly string[]): string {
  return header.toString().split(",").at(-1)?.trim() ?? "";
}
