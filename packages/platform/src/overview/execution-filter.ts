import { type ExecutionStatus, executionStatus, executorId, trigger } from "@sealrun/protocol";
import { z } from "zod";

const statusesOfQuery = z.string().transform((text, context): readonly ExecutionStatus[] => {
  const parsed = z.array(executionStatus).safeParse(text.split(","));
  if (parsed.success) return parsed.data;
  const message = `expected some of ${executionStatus.options.join(", ")}, with commas between`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const triggerKinds = trigger.options.map(({ shape }) => shape.kind.value);
const time = z.iso.datetime({ offset: true, message: "expected a time with its zone, such as 2027-01-31T06:00:00Z" });

/** Filters of executions in a query string. */
export const executionQuery = z.object({
  project: z.string().optional(),
  package: z.string().optional(),
  status: statusesOfQuery.optional(),
  trigger: z.enum(triggerKinds).optional(),
  executor: executorId.optional(),
  id: z
    .string()
    .regex(/^exe_[0-9a-z]{0,20}$/, "expected the start of an execution's id: exe_ and letters and digits")
    .optional(),
  since: time.optional(),
  until: time.optional(),
});
/** Filters of executions. `since` is inclusive, `until` exclusive. */
export type ExecutionFilter = z.infer<typeof executionQuery>;
