import type { FastifyInstance } from "fastify";

/** Logs one warning when a proxy's `X-Forwarded-Proto` is ignored: nothing else would show it. */
export function warnOfUntrustedProxy(app: FastifyInstance): void {
  let isLogged = false;
  app.addHook("onRequest", async (request) => {
    const said = request.headers["x-forwarded-proto"];
    if (isLogged || said === undefined || lastOf(said) === request.protocol) return;
    isLogged = true;
    request.log.warn(
      { address: request.socket.remoteAddress },
      "Ignored X-Forwarded-Proto from an address that is not trusted; if your proxy has that address, add it to trustedProxies",
    );
  });
}

/** The value that the nearest proxy added. */
function lastOf(header: string | readonly string[]): string {
  return header.toString().split(",").at(-1)?.trim() ?? "";
}
