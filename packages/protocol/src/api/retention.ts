import { z } from "zod";
import { fields } from "../text/document.ts";
import { limits } from "../limits.ts";

const days = z.number().int().min(0).max(limits.retentionDays);

interface Limits {
  readonly executionsDays: number;
  readonly logsDays: number;
}

/** Zero keeps forever; a log goes with its execution, so it cannot be kept longer. */
function logsEndFirst({ executionsDays, logsDays }: Limits): boolean {
  return executionsDays === 0 || (logsDays > 0 && logsDays <= executionsDays);
}
const order = {
  path: ["logsDays"],
  error: "expected at least 1 and at most executionsDays: a log is deleted with its execution at the latest",
};

/** `PUT /api/v1/platform/retention` and `PUT /api/v1/projects/:project/retention`: days, 0 keeps forever. */
export const setRetention = fields({ executionsDays: days, logsDays: days }).refine(logsEndFirst, order);
export type SetRetention = z.infer<typeof setRetention>;

const daysText = z
  .string()
  .regex(/^[0-9]{1,4}$/, "expected a whole number of days")
  .transform(Number)
  .pipe(days);
/** `?executionsDays=&logsDays=` of a preview: the same limits as text. */
export const previewRetention = fields({ executionsDays: daysText, logsDays: daysText }).refine(logsEndFirst, order);

/** The limits of one project. */
export const projectRetention = z.object({
  executionsDays: z.number().int(),
  logsDays: z.number().int(),
  /** Whether they are the project's own limits or the platform's. */
  from: z.enum(["project", "platform"]),
  /** Nothing is deleted before this time; null once it has passed. */
  startsAt: z.string().nullable(),
});
export type ProjectRetention = z.infer<typeof projectRetention>;

/** `GET /api/v1/platform/retention`: the platform's limits, and the projects that have their own. */
export const platformRetention = z.object({
  executionsDays: z.number().int(),
  logsDays: z.number().int(),
  /** Nothing is deleted before this time; null once it has passed. */
  startsAt: z.string().nullable(),
  projects: z.array(z.object({ project: z.string(), executionsDays: z.number().int(), logsDays: z.number().int() })),
});
export type PlatformRetention = z.infer<typeof platformRetention>;

/** `GET …/retention/preview`: what these limits would delete now. */
export const retentionPreview = z.object({
  executions: z.number().int().nonnegative(),
  /** Executions that would stay without their log. */
  logs: z.number().int().nonnegative(),
});
export type RetentionPreview = z.infer<typeof retentionPreview>;
