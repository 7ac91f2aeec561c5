import { executionStatus } from "@sealrun/protocol";
import { z } from "zod";
import { spanName } from "../../parts/time/time-spans.ts";

/** The kinds of triggers, each of which can start an execution. */
export const triggerKind = z.enum(["request", "schedule", "event"]);

/** A list, as this page writes it, or as people and the API write it: one status, or several with commas between. */
const statuses = z.preprocess(
  (value) => (typeof value === "string" ? value.split(",").map((status) => status.trim()) : value),
  z.array(executionStatus),
);

/** The filters of the list of executions. The address has all of them, so that a link shows the same list. */
export const executionsSearch = z.object({
  project: z.string().optional().catch(undefined),
  package: z.string().optional().catch(undefined),
  status: statuses.optional().catch(undefined),
  trigger: triggerKind.optional().catch(undefined),
  executor: z.string().optional().catch(undefined),
  id: z.string().optional().catch(undefined),
  since: z.string().optional().catch(undefined),
  until: z.string().optional().catch(undefined),
  span: spanName.optional().catch(undefined),
});

/** The filters of the list of executions, as the page's address has them. */
export type ExecutionsSearch = z.infer<typeof executionsSearch>;
