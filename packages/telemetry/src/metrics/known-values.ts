import { errorCodes, executionStatus, isFinal } from "@sealrun/protocol";

/** The value of a `code` label for what did not fail. */
export const noCode = "none";

/** The values of a `code` label: all error codes of sealrun. */
export const codeValues: readonly string[] = [noCode, ...Object.keys(errorCodes)];

/** The values of a `status` label of runs that have ended. */
export const endValues: readonly string[] = executionStatus.options.filter(isFinal);

const verbs = [
  "select",
  "insert",
  "update",
  "delete",
  "with",
  "begin",
  "commit",
  "rollback",
  "set",
  "listen",
  "discard",
];

/** The values of a `verb` label: the first words of the statements that are sent. */
export const statementVerbs: readonly string[] = verbs;

/** The first word of a statement. */
export function verbOf(statement: string): string {
  return /^\s*(?<verb>[a-z]+)/i.exec(statement)?.groups?.["verb"]?.toLowerCase() ?? "";
}
