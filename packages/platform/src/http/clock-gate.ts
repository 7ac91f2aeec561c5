import type { FastifyInstance } from "fastify";
import type { Deps } from "../deps.ts";
import { sessionUrl } from "./routes/session.ts";

/**
 * While this machine's clock is wrong, what changes anything is refused with `CLOCK_WRONG`: it would be signed or judged
 * by that clock. What only reads is answered, and people may sign in, to look at the health.
 */
export function refuseWhileClockIsWrong(app: FastifyInstance, { fitness }: Pick<Deps, "fitness">): void {
  app.addHook("onRequest", async ({ is404, method, routeOptions }) => {
    const fault = fitness.clockFault();
    if (fault === undefined || is404 || method === "GET" || routeOptions.url === sessionUrl) return;
    throw fault;
  });
}
