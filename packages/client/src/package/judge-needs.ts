import { closestName, type Scope, scopesOf, showName } from "@sealrun/protocol";
import { answersOf, type CheckedSecret, resolveName, type StoredNames } from "./answer-needs.ts";
import { isVendored } from "./find-uses.ts";
import { type Need, type PackageNeeds, showNeed } from "./list-needs.ts";
import type { CheckedContent } from "./check-content.ts";
import type { PackageProblem } from "./problem.ts";

/** What is judged: the package, its needs, and the names on the platform. */
export interface ToJudge {
  readonly checked: Pick<CheckedContent, "files" | "secrets">;
  readonly needs: PackageNeeds;
  readonly secrets: readonly CheckedSecret[];
  /** Undefined when no platform was asked: then no name is reported as missing. */
  readonly stored: StoredNames | undefined;
  readonly project: string | undefined;
  /** Names that a run may miss. */
  readonly optional: ReadonlySet<string>;
}

/** The problems with the secrets of a package; no message holds a value. */
export function judgeNeeds(judged: ToJudge): readonly PackageProblem[] {
  return [...findMissing(judged), ...findRefused(judged.needs), ...findUnused(judged), ...findShadowing(judged)];
}

function findMissing(judged: ToJudge): readonly PackageProblem[] {
  const { checked, needs, stored, project } = judged;
  if (stored === undefined) return [];
  const ownNames = new Set(checked.secrets.keys());
  return groupMissing(judged, stored).flatMap((all) => describeMissing(all, { ownNames, stored, project, ...needs }));
}

/** The places that ask for each missing name. */
function groupMissing(
  { checked, needs, project, optional }: ToJudge,
  stored: StoredNames,
): readonly (readonly Need[])[] {
  const ownNames = new Set(checked.secrets.keys());
  const missing = new Map<string, Need[]>();
  for (const need of needs.needs) {
    if (!isScriptOrReference(need)) continue;
    const scopes = scopesOf(need.namespace, project);
    const isSet = (name: string): boolean =>
      answersOf(name, ownNames, stored).some(({ scope }) => scopes.includes(scope));
    const name = resolveName(need, isSet);
    const key = `${name} ${need.namespace ?? ""}`;
    if (!isSet(name) && !optional.has(name) && !need.isOptional) missing.set(key, [...(missing.get(key) ?? []), need]);
  }
  return [...missing.values()];
}

/** A name that no scope has, and that a value would mend. */
export interface MissingName {
  readonly name: string;
  /** The first place that asks for it, as `main.py:3`. */
  readonly place: string;
  /** How many more places do. */
  readonly others: number;
  /** A name that is set and was probably meant. */
  readonly meant: string | undefined;
  /** A step fails without it; a script only gets nothing. */
  readonly isFailing: boolean;
}

/** The missing names that can be set for the package or its project; a script of the package sets none of them. */
export function listMissingNames(judged: ToJudge): readonly MissingName[] {
  const { checked, needs, stored } = judged;
  if (stored === undefined) return [];
  const known = [...checked.secrets.keys(), ...[...stored.values()].flatMap((names) => [...names.keys()])];
  return groupMissing(judged, stored).flatMap((all): readonly MissingName[] => {
    const reference = all.find(({ kind }) => kind === "reference");
    const first = reference ?? all[0];
    const name = first?.names.at(-1);
    if (first === undefined || name === undefined || first.namespace !== undefined) return [];
    if (needs.setByScript.has(name)) return [];
    const isFailing = reference !== undefined;
    return [{ name, place: showNeed(first), others: all.length - 1, meant: closestName(name, known), isFailing }];
  });
}

/** The others are lists of the manifest, which read nothing. */
function isScriptOrReference({ kind }: Need): boolean {
  return kind === "script" || kind === "reference";
}

interface JudgeContext extends PackageNeeds {
  readonly ownNames: ReadonlySet<string>;
  readonly stored: StoredNames;
  readonly project: string | undefined;
}

function describeMissing(all: readonly Need[], context: JudgeContext): readonly PackageProblem[] {
  const first = all.find(({ kind }) => kind === "reference") ?? all[0];
  const name = first?.names.at(-1);
  if (first === undefined || name === undefined) return [];
  const { file, line } = first;
  const isSetLater = context.setByScript.has(name);
  const others = all.length === 1 ? "" : ` (and ${all.length - 1} more)`;
  const outcome = first.kind === "reference" ? "that step will fail" : "the script gets nothing";
  const until = isSetLater ? "until a script of this package sets it " : "";
  const message = `${showNeed(first)}${others} asks for ${first.names.join(" or ")}, which is set ${placesWithoutIt(first, context)}; ${until}${outcome}${isSetLater ? "" : adviceFor(name, first, context)}`;
  return [{ code: "SECRET_UNANSWERED", level: isSetLater ? "warning" : "error", file, line, message }];
}

function placesWithoutIt({ namespace }: Need, { project }: JudgeContext): string {
  const ofProject = project === undefined ? "the project" : `project ${project}`;
  if (namespace !== undefined) return `nowhere in the namespace ${showName(namespace)}, which it names`;
  return `neither in secrets.json nor in the package, ${ofProject} or the platform`;
}

function adviceFor(name: string, { namespace }: Need, { ownNames, stored, project }: JudgeContext): string {
  if (namespace !== undefined) return "";
  const all = [...ownNames, ...[...stored.values()].flatMap((names) => [...names.keys()])];
  const meant = closestName(name, all);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  return project === undefined ? "" : `; set it with: sealrun secret set ${name} --scope project --project ${project}`;
}

/** Calls that a list in manifest.json stands in the way of. References are judged by `checkReferences`. */
function findRefused({ needs }: PackageNeeds): readonly PackageProblem[] {
  return needs.flatMap((need): readonly PackageProblem[] => {
    const { kind, file, line, lists, names, isStep } = need;
    const [name = ""] = names;
    const refuses = lists.map((list) => list !== undefined && !list.some((declared) => declared === name));
    if (kind !== "script" || !(isStep ? refuses.includes(true) : refuses.length > 0 && !refuses.includes(false)))
      return [];
    const message = isStep
      ? `${showNeed(need)} asks for ${name}, which manifest.json does not list among the secrets of ${file}; it will be refused`
      : `${showNeed(need)} asks for ${name}, which manifest.json lists for no step; it will be refused`;
    return [{ code: "SECRET_NOT_DECLARED", level: isStep ? "error" : "warning", file, line, message }];
  });
}

function findUnused({ checked, needs, secrets, stored }: ToJudge): readonly PackageProblem[] {
  const isNamed = new Set(needs.needs.filter(isScriptOrReference).flatMap(({ names }) => names));
  // A name that a script computes from a list is still written in that list. Lists in a manifest by themselves use nothing.
  const texts = checked.files
    .filter(({ path }) => !isVendored(path) && path !== "manifest.json")
    .map(({ bytes }) => new TextDecoder().decode(bytes));
  const isUsed = (name: string): boolean => isNamed.has(name) || texts.some((text) => text.includes(name));
  const brought = [...checked.secrets]
    .filter(([name]) => !isUsed(name))
    .map(([name, { line }]) =>
      warn({ file: "secrets.json", line }, `secrets.json:${line} sets ${name}, which no script and no reference names`),
    );
  const isOptional = new Set(
    needs.needs.filter((need) => need.isOptional && !isScriptOrReference(need)).flatMap(({ names }) => names),
  );
  const unasked = needs.optional
    .filter(({ name }) => !isUsed(name))
    .map(({ name, field }) =>
      warn({ file: "manifest.json", line: null }, `manifest.json: ${field} has ${name}, which no script names`),
    );
  const declared = secrets.flatMap(({ name, neededBy, answeredBy }) => {
    const place = neededBy.find(({ kind }) => kind === "declared" || kind === "mask");
    if (place === undefined || isNamed.has(name)) return [];
    if (stored !== undefined && answeredBy === null && !isOptional.has(name))
      return [warn(place, `${showNeed(place)} lists ${name}, which is set nowhere`)];
    if (place.kind === "mask" || isUsed(name)) return [];
    return [warn(place, `${showNeed(place)} lists ${name}, which no script and no reference names`)];
  });
  return [...brought, ...declared, ...unasked];
}

function warn({ file, line }: Pick<PackageProblem, "file" | "line">, message: string): PackageProblem {
  return { code: null, level: "warning", file, line, message };
}

function findShadowing({ secrets }: ToJudge): readonly PackageProblem[] {
  return secrets.flatMap(({ name, neededBy, answeredBy, shadows }) => {
    if (answeredBy === null || shadows.length === 0) return [];
    const hidden = shadows.map(({ scope, version }) => `${showScope(scope)} (version ${version})`).join(" and ");
    const { file = null, line = null } = neededBy[0] ?? {};
    const message = `${name} is answered by ${showScope(answeredBy.scope)}, which shadows ${hidden}`;
    return [warn({ file, line }, message)];
  });
}

/** A scope in a sentence. */
export function showScope(scope: Scope): string {
  switch (scope) {
    case "service":
      return "the package";
    case "project":
      return "the project";
    case "platform":
      return "the platform";
  }
}
