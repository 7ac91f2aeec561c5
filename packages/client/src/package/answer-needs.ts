import { lookupOrder, type Scope } from "@sealrun/protocol";
import type { Need, NeedPlace, PackageNeeds } from "./list-needs.ts";

/** The names that are set on the platform, by scope, each with its version. */
export type StoredNames = ReadonlyMap<Scope, ReadonlyMap<string, number>>;

/** Which value a name resolves to once the folder is pushed. */
export interface Answer {
  readonly scope: Scope;
  readonly from: "secrets.json" | "platform";
  /** Null for a value that is not pushed yet. */
  readonly version: number | null;
  /** The version in the package that a push replaces. */
  readonly replaces: number | null;
}

/** A name that the package needs or brings along, the places that need it and where it comes from. Never a value. */
export interface CheckedSecret {
  readonly name: string;
  readonly neededBy: readonly NeedPlace[];
  /** Null when no scope has it, or when no platform was asked and secrets.json does not have it. */
  readonly answeredBy: Answer | null;
  /** Wider scopes that have the name too. */
  readonly shadows: readonly { readonly scope: Scope; readonly version: number }[];
}

/** Answers by scope, the narrowest first, as they will be after a push of these secrets. */
export function answersOf(name: string, ownNames: ReadonlySet<string>, stored: StoredNames): readonly Answer[] {
  return lookupOrder.flatMap((scope): readonly Answer[] => {
    const version = stored.get(scope)?.get(name) ?? null;
    if (scope === "service" && ownNames.has(name))
      return [{ scope, from: "secrets.json", version: null, replaces: version }];
    return version === null ? [] : [{ scope, from: "platform", version, replaces: null }];
  });
}

/** The name that a need resolves to: the first of its names that is set, else the last, which has no field in it. */
export function resolveName({ names }: Need, isSet: (name: string) => boolean): string {
  return names.find(isSet) ?? names.at(-1) ?? "";
}

/** Every name that is needed or brought along, in alphabetical order. */
export function answerNeeds(
  { needs }: PackageNeeds,
  ownNames: ReadonlySet<string>,
  stored: StoredNames,
): readonly CheckedSecret[] {
  const places = new Map<string, NeedPlace[]>([...ownNames].map((name) => [name, []]));
  for (const need of needs) {
    const name = resolveName(need, (candidate) => answersOf(candidate, ownNames, stored).length > 0);
    const { kind, file, line, field } = need;
    const known = places.get(name) ?? [];
    const isKnown = known.some(
      (place) => place.kind === kind && place.file === file && place.line === line && place.field === field,
    );
    if (!isKnown) places.set(name, [...known, { kind, file, line, field }]);
  }
  return [...places]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, neededBy]) => {
      const [answeredBy = null, ...rest] = answersOf(name, ownNames, stored);
      const shadows = rest.map(({ scope, version }) => ({ scope, version: version ?? 0 }));
      return { name, neededBy, answeredBy, shadows };
    });
}
