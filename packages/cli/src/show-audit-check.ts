import { countOf, type AuditContinuation, type AuditVerification } from "@sealrun/protocol";
import type { Cli } from "./command.ts";

/** What is printed of a check that found no fault. */
export type Checked = Pick<AuditVerification, "checked" | "waiting" | "head" | "from" | "accepted" | "remarks">;

/** Prints what was checked, from where, and which breaks were accepted before. */
export function showChecked(
  { output }: Pick<Cli, "output">,
  found: Omit<Checked, "remarks"> & { readonly remarks: readonly string[] },
): void {
  const { checked, waiting, head, from, accepted, remarks } = found;
  output.line(`${output.paint("green", "verified")} ${countOf(checked, "row")}`);
  if (from !== null) {
    output.line(`  after link ${from.position}, which was checked at ${from.verifiedAt}; --full reads everything`);
  }
  if (waiting > 0) output.line(`  ${countOf(waiting, "row")} not linked yet`);
  for (const one of accepted) output.line(`  ${describeAccepted(one)}`);
  if (head !== null) output.line(`  last link ${head.position} ${head.hash}`);
  for (const remark of remarks) output.note(remark);
}

/** One accepted break, in a line. */
export function describeAccepted({ link, seq, by, reason }: AuditContinuation): string {
  return `accepted break at link ${link} (row ${seq}) by ${by}: ${reason}`;
}

/** How to accept a break, for an error message. */
export function howToContinue(command: string, after: bigint | string): string {
  return `if the clock was wrong, accept it with sealrun ${command} ${after} --reason TEXT`;
}
