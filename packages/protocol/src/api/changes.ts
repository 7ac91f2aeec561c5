import { z } from "zod";

/** The list whose content has changed. */
export const changeTopic = z.enum([
  "projects",
  "packages",
  "secrets",
  "executions",
  "executors",
  "schedules",
  "platform",
]);
export type ChangeTopic = z.infer<typeof changeTopic>;

/**
 * `GET /api/v1/changes`: server-sent events named `change`, at most two per second, each with the topics that changed
 * since the previous event. The first event names all topics, because earlier changes are unknown, and `quietMs` says for
 * how many milliseconds each has not changed: what was asked for within that time is current. No ids, no names.
 */
export const changeNotice = z.object({
  topics: z.array(changeTopic).min(1),
  quietMs: z.partialRecord(changeTopic, z.number().int().nonnegative()).optional(),
});
export type ChangeNotice = z.infer<typeof changeNotice>;
