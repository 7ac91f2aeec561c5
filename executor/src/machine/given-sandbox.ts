import type { WorkerSettings } from "../between/worker-settings.ts";
import type { Sandbox } from "../child/start/step-options.ts";

/** The sandbox that a supervisor's settings describe. */
export function givenSandbox(given: WorkerSettings["sandbox"]): Sandbox {
  if (given.kind === "none") return given;
  const { tmpBytes, ...rest } = given;
  const hostRoots = given.hostRoots.map(({ path, link }) => ({ path, link }));
  return { ...rest, hostRoots, ...(tmpBytes === undefined ? {} : { tmpBytes }) };
}
