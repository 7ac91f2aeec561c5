import { z } from "zod";

/** What has changed, by the list that shows it. */
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
 * `GET /api/v1/changes`: server-sent events named `change`, at most two in a second, each with the topics that changed
 * since the one before. The first names all topics: what happened before it is unknown. It holds no ids and no names.
 */
export const changeNotice = z.object({ topics: z.array(changeTopic).min(1) });
export type ChangeNotice = z.infer<typeof changeNotice>;
