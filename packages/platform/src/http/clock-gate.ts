import type { FastifyInstance } from "fastify";
import type { Deps } from "../deps.ts";
import { sessionUrl } from "./routes/session.ts";

/**
 * While this machine's clock is wrong, requests that change something are refused with `CLOCK_WRONG`: they would be
 * signed or judged by that clock. Reading and signing in still work, so that people can look at the health.
 */
export function refuseWhileClockIsWrong(app: FastifyInstance, { fitness }: Pick<Deps, "fitness">): void {
  app.addHook("onRequest", async ({ is404, method, routeOptions }) => {
    const fault = fitness.clockFault();
    if (fault === undefined || is404 || method === "GET" || routeOptions.url === sessionUrl) return;
    throw fault;
  });
}
