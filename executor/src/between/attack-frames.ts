import { z } from "zod";
import { foundNetworks } from "./found-networks.ts";

/** What a worker attacks besides the sandbox of its scripts. */
export const attackTargets = z.object({
  /** The executor's state file and its spool; null while they do not exist. */
  stateFile: z.string().nullable(),
  spool: z.string().nullable(),
  /** A file of another worker. */
  otherWorker: z.string(),
  /** The executor's process, and the id of its user. */
  executor: z.object({ id: z.int().positive(), startedAt: z.string(), user: z.int().nonnegative() }),
});
export type AttackTargets = z.infer<typeof attackTargets>;

/** How each attack ended, by its name. */
export const attackResults = z.record(z.string().max(64), z.enum(["held", "failed", "not-applicable"]));
export type AttackResults = z.infer<typeof attackResults>;

/** What a worker finds of the sandboxes that it can start. */
export const foundFromWorker = z.object({ results: attackResults, networks: foundNetworks });
export type FoundFromWorker = z.infer<typeof foundFromWorker>;

/** How an attack ended. */
export type AttackResult = AttackResults[string];
