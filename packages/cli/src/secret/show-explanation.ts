import type { ExplainedScope, SecretExplanation } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { showTime } from "../show-time.ts";
import { sourceOf } from "./show-history.ts";

/** Prints how a name is looked up: scope by scope, then the manifest's lists, the last read and the references to it. */
export function showExplanation(output: Output, explained: SecretExplanation): void {
  const { name, lastAsked, references } = explained;
  output.line(`${name} in ${explained.project}/${explained.package}`);
  for (const scope of explained.scopes) {
    output.line(`  ${scope.scope.padEnd(8)}  ${output.paint(scope.answers ? "green" : "dim", scopeLine(scope))}`);
  }
  const answer = explained.scopes.find(({ answers }) => answers);
  output.line(answer === undefined ? "no scope has it: a script gets null" : `${answer.scope} answers`);
  for (const sentence of declarations(explained)) output.line(sentence);
  for (const { file, path } of references) output.line(`referred to in ${file} at ${path}`);
  if (lastAsked === null) return output.line("no recent run of this package asked for it");
  const { execution, step, outcome, scope, version, at } = lastAsked;
  const from = outcome === "read" && scope !== null ? `, from ${scope}, version ${version}` : "";
  output.line(`last ${outcome} ${showTime(at)} by ${execution}, step ${step}${from}`);
}

function scopeLine({ state, answers, shadowed, newest }: ExplainedScope): string {
  if (newest === null) return "absent";
  const end = newest.end === null ? "" : ` ${showTime(newest.end.at)} by ${newest.end.author}`;
  if (state === "deleted") return `deleted${end}, last version ${newest.version}`;
  const where = answers ? ", answers" : shadowed ? ", shadowed" : "";
  const set = `${sourceOf(newest)}, ${newest.author}, ${showTime(newest.createdAt)}`;
  return `version ${newest.version}${where} (${set})`;
}

function declarations({ name, steps }: SecretExplanation): readonly string[] {
  return steps
    .filter(({ allowed }) => !allowed)
    .map(({ name: step, declaredBy }) =>
      declaredBy === "package"
        ? `refused in step ${step}: the package's list of secrets does not have ${name}`
        : `refused in step ${step}: the step's own list of secrets does not have ${name}`,
    );
}
