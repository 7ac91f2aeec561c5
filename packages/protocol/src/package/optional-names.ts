import { closestName } from "../text/closest-name.ts";
import { showName } from "../text/show-text.ts";

/** The lists of a package, or of one of its steps. */
interface NameLists {
  readonly secrets?: readonly string[] | undefined;
  readonly optional?: readonly string[] | undefined;
}

/** A name that its list of optional names must not hold, and why. */
interface UselessName {
  readonly field: string;
  readonly sentence: string;
}

/**
 * Finds an optional name that no step may read: it would change nothing. `running` has the own lists of each script that
 * runs, undefined for one without settings; `steps` are the entries of the manifest.
 */
export function findUselessOptional(
  manifest: NameLists,
  running: readonly (NameLists | undefined)[],
  steps: readonly NameLists[],
): UselessName | undefined {
  const readable = running.map((own) => own?.secrets ?? manifest.secrets);
  const ofPackage = findUseless("optional", manifest.optional ?? [], readable);
  if (ofPackage !== undefined) return ofPackage;
  for (const [index, step] of steps.entries()) {
    const found = findUseless(`steps[${index}].optional`, step.optional ?? [], [step.secrets ?? manifest.secrets]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findUseless(
  field: string,
  optional: readonly string[],
  readable: readonly (readonly string[] | undefined)[],
): UselessName | undefined {
  // A step without a list may read every name.
  if (readable.includes(undefined)) return undefined;
  const known = new Set(readable.flatMap((names) => names ?? []));
  const at = optional.findIndex((name) => !known.has(name));
  const name = optional[at];
  if (name === undefined) return undefined;
  const meant = closestName(name, [...known]);
  const advice = meant === undefined ? `add it to "secrets"` : `did you mean ${showName(meant)}?`;
  return { field: `${field}[${at}]`, sentence: `no step that this is for may read ${showName(name)}; ${advice}` };
}
