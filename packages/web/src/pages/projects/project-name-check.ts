import { type ProjectInfo, projectName } from "@sealrun/protocol";

/** What is wrong with a typed name, as a sentence; undefined for a free name and for an empty one. */
export function checkProjectName(typed: string, projects: readonly Pick<ProjectInfo, "name">[]): string | undefined {
  if (typed === "") return undefined;
  const parsed = projectName.safeParse(typed);
  if (!parsed.success) {
    const message = parsed.error.issues[0]?.message ?? "This is not a valid name";
    return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  }
  const same = projects.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
  return same === undefined
    ? undefined
    : `Project ${same.name} already exists; names must differ in more than upper and lower case`;
}
