import {
  answerNeeds,
  type CheckedContent,
  checkContent,
  type FoundNames,
  judgeNeeds,
  listNeeds,
  type PackageProblem,
  problemOf,
} from "@sealrun/client";
import { packageName } from "@sealrun/protocol";
import type { ReadPackage } from "./read-dropped.ts";

/** What a page shows of a dropped package: names and lines of its secrets, never a value. */
export interface Review {
  /** Its secrets have no values here. */
  readonly checked: CheckedContent;
  /** The manifest's name, else the folder's; empty when neither can be one. */
  readonly name: string;
  readonly skipped: readonly string[];
  /** What the platform would refuse the upload for. */
  readonly refused: readonly PackageProblem[];
  /** `file:line` of lines that hold a value: they are not shown. */
  readonly revealing: ReadonlySet<string>;
}

/** Checks a package as `sealrun push` does, and tells everything that is wrong at once. */
export function reviewPackage(read: ReadPackage): Review {
  const refused: PackageProblem[] = [];
  const checked = checkContent(read, (error) => refused.push(problemOf(error)));
  const secrets = new Map([...checked.secrets].map(([name, { line }]) => [name, { value: null, line }]));
  const names = [checked.manifest?.name, read.folder].map((name) => packageName.safeParse(name).data);
  return {
    checked: { ...checked, secrets },
    name: names.find((name) => name !== undefined) ?? "",
    skipped: read.skipped,
    refused,
    revealing: new Set(
      checked.problems.filter(({ code }) => code === null).map(({ file, line }) => `${file ?? ""}:${line ?? ""}`),
    ),
  };
}

/** All that is wrong, errors first; with what the platform has also names that nothing would answer. */
export function findProblems(
  review: Review,
  found: FoundNames | undefined,
  project: string,
): readonly PackageProblem[] {
  const needs = listNeeds(review.checked);
  const stored = found?.stored;
  const secrets = answerNeeds(needs, new Set(review.checked.secrets.keys()), stored ?? new Map());
  const judged = judgeNeeds({ checked: review.checked, needs, secrets, stored, project, optional: new Set() });
  const all = [...review.refused, ...review.checked.problems, ...judged];
  return [...all.filter(({ level }) => level === "error"), ...all.filter(({ level }) => level === "warning")];
}
