import { countOf, type PlatformRetention } from "@sealrun/protocol";

/** How long executions and logs are kept, as one paragraph. */
export function daysKept({ executionsDays, logsDays, projects }: PlatformRetention): string {
  const names = projects.map(({ project }) => project);
  const own = names.length === 0 ? "" : ` Projects with their own limits: ${names.join(", ")}.`;
  return `Finished executions are kept ${during(executionsDays)} and their logs ${during(logsDays)}; sealrun retention set changes that.${own}`;
}

function during(days: number): string {
  if (days === 0) return "forever";
  return `for ${countOf(days, "day")}`;
}
