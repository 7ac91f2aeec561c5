import { fields, zonedTime, type ExecutionStatus, executionStatus, executorId, trigger } from "@sealrun/protocol";
import { z } from "zod";

const statusesOfQuery = z.string().transform((text, context): readonly ExecutionStatus[] => {
  const parsed = z.array(executionStatus).safeParse(text.split(","));
  if (parsed.success) return parsed.data;
  const message = `expected some of ${executionStatus.options.join(", ")}, with commas between`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const triggerKinds = trigger.options.map(({ shape }) => shape.kind.value);
/** Filters of executions in a query string. */
export const executionQuery = fields({
  project: z.string().optional(),
  package: z.string().optional(),
  status: statusesOfQuery.optional(),
  trigger: z.enum(triggerKinds).optional(),
  executor: executorId.optional(),
  id: z
    .string()
    .regex(/^exe_[0-9a-z]{0,20}$/, "expected the start of an execution's id: exe_ and letters and digits")
    .optional(),
  since: zonedTime.optional(),
  until: zonedTime.optional(),
});
/** Filters of executions. `since` is inclusive, `until` exclusive. */
export type ExecutionFilter = z.infer<typeof executionQuery>;
