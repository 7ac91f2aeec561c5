import { type ProjectInfo, projectName } from "@sealrun/protocol";

/** What is wrong with a name as it is typed, as a sentence; undefined for one that is free, and for none yet. */
export function checkProjectName(typed: string, projects: readonly Pick<ProjectInfo, "name">[]): string | undefined {
  if (typed === "") return undefined;
  const parsed = projectName.safeParse(typed);
  if (!parsed.success) {
    const message = parsed.error.issues[0]?.message ?? "This is no name";
    return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  }
  const same = projects.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
  return same === undefined ? undefined : `There is a project ${same.name} already: names differ in more than case`;
}
