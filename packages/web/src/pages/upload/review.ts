import {
  answerNeeds,
  type CheckedContent,
  checkContent,
  type FoundNames,
  judgeNeeds,
  listMissingNames,
  listNeeds,
  type MissingName,
  type PackageProblem,
  problemOf,
  type ToJudge,
} from "@sealrun/client";
import { type JsonValue, packageName } from "@sealrun/protocol";
import type { ReadPackage } from "./drop/read-dropped.ts";

/** What a page shows of a dropped package: the names and lines of its secrets, never a value. */
export interface Review {
  /** Without the values of its secrets. */
  readonly checked: CheckedContent;
  /** The name in the manifest, otherwise the folder's; empty when neither is valid. */
  readonly name: string;
  readonly skipped: readonly string[];
  /** The errors for which the platform would refuse the upload. */
  readonly refused: readonly PackageProblem[];
  /** `file:line` of the lines that contain a value: they are not shown. */
  readonly revealing: ReadonlySet<string>;
}

/** Checks a package as `sealrun push` does, and reports all problems at once. */
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
    revealing: findRevealing(checked),
  };
}

/** At most this many lines of a value are hidden. */
const maxValueLines = 10_000;

/** A problem names the line where a value begins; the value may continue on the lines below. */
function findRevealing({ problems, secrets }: CheckedContent): ReadonlySet<string> {
  const longest = Math.max(1, ...[...secrets.values()].map(({ value }) => linesOf(value)));
  const lines = new Set<string>();
  const ends = new Map<string, number>();
  for (const { code, file, line } of problems) {
    if (code !== null || file === null || line === null) continue;
    const end = line + Math.min(longest, maxValueLines);
    for (let at = Math.max(line, ends.get(file) ?? 0); at < end; at += 1) lines.add(`${file}:${at}`);
    ends.set(file, end);
  }
  return lines;
}

function linesOf(value: JsonValue): number {
  if (typeof value === "string") return value.split("\n").length;
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((max, inner) => Math.max(max, linesOf(inner)), 1);
}

/** The names that are set in no scope, which the page can take; none until the platform has answered. */
export function findMissingNames(
  review: Review,
  found: FoundNames | undefined,
  project: string,
): readonly MissingName[] {
  return listMissingNames(judged(review, found, project, new Set()));
}

/**
 * All problems, errors first. `found`, the names on the platform, adds names that are set in no scope, without those that
 * the page `asks` for.
 */
export function findProblems(
  review: Review,
  found: FoundNames | undefined,
  project: string,
  asks: readonly MissingName[],
): readonly PackageProblem[] {
  const optional = new Set(asks.map(({ name }) => name));
  const all = [...review.refused, ...review.checked.problems, ...judgeNeeds(judged(review, found, project, optional))];
  return [...all.filter(({ level }) => level === "error"), ...all.filter(({ level }) => level === "warning")];
}

function judged(
  { checked }: Review,
  found: FoundNames | undefined,
  project: string,
  optional: ReadonlySet<string>,
): ToJudge {
  const needs = listNeeds(checked);
  const stored = found?.stored;
  const secrets = answerNeeds(needs, new Set(checked.secrets.keys()), stored ?? new Map());
  return { checked, needs, secrets, stored, project, optional };
}

/** At most this many places are named in a sentence. */
const maxPlaces = 3;

/** Where problems are, in words: the file and line of the first ones, and how many more there are. */
export function placesOf(problems: readonly PackageProblem[]): string {
  const places = [
    ...new Set(
      problems.map(({ file, line, message }) => (file === null ? message : [file, line ?? []].flat().join(":"))),
    ),
  ];
  const more = places.length - maxPlaces;
  return places.slice(0, maxPlaces).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
