/**
 * The fields of `/proc/<id>/stat` after the command's name, which may itself hold spaces and brackets: the state first,
 * then the parent. Empty for the text of a process that is gone.
 */
export function readProcessFields(text: string): readonly string[] {
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** When a process began, in clock ticks since boot: with its id it names one process. Undefined for one that has ended. */
export function readProcessStart(text: string): string | undefined {
  const fields = readProcessFields(text);
  const [state] = fields;
  return state === "Z" || state === "X" ? undefined : fields[19];
}
