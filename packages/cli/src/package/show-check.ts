import { countOf } from "@sealrun/protocol";
import { type Answer, type CheckedSecret, type PackageProblem, showNeed, showScope } from "@sealrun/client";
import type { Output } from "../output.ts";

/** What `sealrun check` found; `--json` prints exactly this. */
export interface CheckReport {
  readonly package: {
    /** Null when the name could not be read. */
    readonly name: string | null;
    /** Null when no platform was asked. */
    readonly project: string | null;
    /** On the platform, before this folder is pushed; null when no platform was asked. */
    readonly version: number | null;
  };
  readonly problems: readonly PackageProblem[];
  readonly secrets: readonly CheckedSecret[];
}

const maxPlaces = 3;

/** Prints the secrets as a table, then one line for each problem. */
export function showCheck(output: Output, report: CheckReport): void {
  const { package: checked, problems, secrets } = report;
  const unanswered = checked.project === null ? "not asked" : "nothing";
  if (secrets.length > 0) {
    output.table(
      ["NAME", "NEEDED BY", "ANSWERED BY", "SHADOWS"],
      secrets.map(({ name, neededBy, answeredBy, shadows }) => [
        name,
        showPlaces(neededBy),
        answeredBy === null ? unanswered : showAnswer(answeredBy),
        shadows.length === 0 ? "-" : shadows.map(({ scope }) => showScope(scope)).join(", "),
      ]),
    );
  }
  for (const { level, message, code } of problems) {
    const shown = output.paint(level === "error" ? "red" : "yellow", level.padEnd(7));
    output.line(`${shown}  ${message}${code === null ? "" : ` (${code})`}`);
  }
  if (problems.some(({ level }) => level === "error")) return;
  const many = countOf(secrets.length, "secret");
  const verdict = problems.length === 0 ? output.paint("green", "fine") : output.paint("yellow", "passed");
  output.line(`${verdict} ${checked.name ?? ""}: ${[many, countProblems(problems)].filter(Boolean).join(", ")}`);
}

/** `2 errors and 1 warning`; empty for none. */
export function countProblems(problems: readonly PackageProblem[]): string {
  const counts = (["error", "warning"] as const).map((level) => countProblemsOf(problems, level));
  return counts.filter((text) => text !== "").join(" and ");
}

function countProblemsOf(problems: readonly PackageProblem[], level: PackageProblem["level"]): string {
  const count = problems.filter((problem) => problem.level === level).length;
  return count === 0 ? "" : countOf(count, level);
}

function showPlaces(places: CheckedSecret["neededBy"]): string {
  const shown = places.slice(0, maxPlaces).map(showNeed).join(", ");
  if (places.length === 0) return "-";
  return places.length > maxPlaces ? `${shown} and ${places.length - maxPlaces} more` : shown;
}

function showAnswer({ scope, from, version, replaces }: Answer): string {
  if (from === "platform") return `${showScope(scope)}, version ${version}`;
  return replaces === null ? from : `${from}, replaces version ${replaces}`;
}
