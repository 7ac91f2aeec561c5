import type { Client } from "@sealrun/client";
import { type ExecutionInfo, SealrunError, showName, showNames } from "@sealrun/protocol";
import { parseExecutionId, parsePackagePath } from "../command.ts";

/** What a command line names: an execution, or a package whose newest one is meant. */
export type RunTarget =
  | { readonly kind: "execution"; readonly id: string }
  | { readonly kind: "package"; readonly project: string; readonly package: string };

/** Reads `exe_…` or `PROJECT/PACKAGE`; `USAGE` for another form, `EXECUTION_NOT_FOUND` for a broken id. */
export function parseRunTarget(text: string): RunTarget {
  if (text.includes("/")) return { kind: "package", ...parsePackagePath(text) };
  if (text.startsWith("exe_")) return { kind: "execution", id: parseExecutionId(text) };
  throw new SealrunError("USAGE", `Expected an execution's id, exe_…, or PROJECT/PACKAGE, found ${showName(text)}`);
}

/** The id of the execution that is meant; `EXECUTION_NOT_FOUND` for a package that never ran. */
export async function findRun(
  client: Pick<Client, "listExecutions" | "getPackage">,
  target: RunTarget,
): Promise<string> {
  if (target.kind === "execution") return target.id;
  const { project, package: name } = target;
  const [newest] = (await client.listExecutions({ project, package: name, limit: 1 })).executions;
  if (newest !== undefined) return newest.id;
  await client.getPackage(project, name);
  const sentence = `${project}/${name} has no executions; start one with: sealrun run ${project}/${name}`;
  throw new SealrunError("EXECUTION_NOT_FOUND", sentence);
}

/** `USAGE` for a step that the execution does not have: nothing would be printed, which hides a misspelled name. */
export function requireStep({ id, steps }: Pick<ExecutionInfo, "id" | "steps">, step: string | undefined): void {
  // The steps of an execution are known when it has begun.
  if (step === undefined || steps.length === 0 || steps.some(({ name }) => name === step)) return;
  const names = showNames(steps.map(({ name }) => name));
  throw new SealrunError("USAGE", `--step: ${id} has no step ${showName(step)}; it has ${names}`);
}
