import type { SecretName } from "@sealrun/protocol";
import type { CheckedContent } from "./check-content.ts";
import { listPackageReferences } from "./check-references.ts";
import { findUses } from "./find-uses.ts";

/** Where a package names a secret. */
export interface NeedPlace {
  /** `declared` is a list in manifest.json: it allows the name, but does not read it. */
  readonly kind: "script" | "reference" | "declared" | "mask";
  readonly file: string;
  /** From 1; null in documents, where `field` says the place. */
  readonly line: number | null;
  readonly field: string | null;
}

/** One place that names a secret. */
export interface Need extends NeedPlace {
  /** The first of these that is set is used. More than one only where dots may separate a name from a field. */
  readonly names: readonly string[];
  /** The one scope that may answer, or the project's name. */
  readonly namespace?: string;
  /** The lists of the steps that run this script, or of all when a script is only loaded by others. */
  readonly lists: readonly (readonly SecretName[] | undefined)[];
  /** The script is a step itself. */
  readonly isStep: boolean;
  /** The manifest says that a run can do without it. */
  readonly isOptional: boolean;
}

/** What the files of a package say about secrets. */
export interface PackageNeeds {
  readonly needs: readonly Need[];
  /** Names that a script of the package sets. */
  readonly setByScript: ReadonlySet<string>;
  /** Names that a list of optional names has, and the list's field. */
  readonly optional: readonly { readonly name: string; readonly field: string }[];
}

/** Every place of a package that names a secret, scripts first. */
export function listNeeds(checked: CheckedContent): PackageNeeds {
  const setByScript = new Set<string>();
  const ofScripts = checked.files.flatMap(({ path, bytes }) => {
    const running = checked.steps.filter(({ script }) => script === path);
    const isStep = running.length > 0;
    const readers = isStep ? running : checked.steps;
    const lists = readers.map(({ secrets }) => secrets);
    return findUses(path, new TextDecoder().decode(bytes)).flatMap(({ name, kind, line }): readonly Need[] => {
      // Of a file that steps load, it is unknown which of them does.
      const lacking = readers.map((step) => isOptionalIn(step, name));
      const isOptional = isStep ? !lacking.includes(false) : lacking.includes(true);
      if (kind === "get")
        return [{ kind: "script", file: path, line, field: null, names: [name], lists, isStep, isOptional }];
      setByScript.add(name);
      return [];
    });
  });
  return {
    needs: [...ofScripts, ...ofReferences(checked), ...ofManifest(checked)],
    setByScript,
    optional: optionalNames(checked),
  };
}

/** `checkReferences` reports whether a step may read them. */
function ofReferences(checked: CheckedContent): readonly Need[] {
  return listPackageReferences(checked).map(({ file, place, names, namespace }) => ({
    kind: "reference",
    file,
    line: null,
    field: place.startsWith(`${file}: `) ? place.slice(file.length + 2) : place,
    names,
    ...(namespace === undefined ? {} : { namespace }),
    lists: [],
    isStep: false,
    isOptional: false,
  }));
}

function ofManifest({ manifest, steps }: CheckedContent): readonly Need[] {
  const isOptional = (candidates: CheckedContent["steps"], name: string): boolean => {
    const readers = candidates.filter((step) => mayRead(step, name));
    return readers.length > 0 && readers.every((step) => isOptionalIn(step, name));
  };
  const need = (kind: "declared" | "mask", field: string, readers: CheckedContent["steps"]) => (name: string) =>
    ({
      kind,
      file: "manifest.json",
      line: null,
      field,
      names: [name],
      lists: [],
      isStep: false,
      isOptional: isOptional(readers, name),
    }) as const;
  const readersOf = (script: string): CheckedContent["steps"] => steps.filter((step) => step.script === script);
  return [
    ...(manifest?.secrets ?? []).map(need("declared", "secrets", steps)),
    ...(manifest?.steps ?? []).flatMap(({ script, secrets }, index) =>
      (secrets ?? []).map(need("declared", `steps[${index}].secrets`, readersOf(script))),
    ),
    ...(manifest?.mask ?? []).map(need("mask", "mask", steps)),
  ];
}

function optionalNames({ manifest }: CheckedContent): PackageNeeds["optional"] {
  const named = (names: readonly string[] | undefined, field: string): PackageNeeds["optional"] =>
    (names ?? []).map((name) => ({ name, field }));
  return [
    ...named(manifest?.optional, "optional"),
    ...(manifest?.steps ?? []).flatMap(({ optional }, index) => named(optional, `steps[${index}].optional`)),
  ];
}

function isOptionalIn({ optional }: CheckedContent["steps"][number], name: string): boolean {
  return (optional ?? []).some((other) => other === name);
}

function mayRead({ secrets }: CheckedContent["steps"][number], name: string): boolean {
  return secrets === undefined || secrets.some((other) => other === name);
}

/** `main.py:3`, or `config.json: db.url`. */
export function showNeed({ file, line, field }: NeedPlace): string {
  if (line !== null) return `${file}:${line}`;
  return field === null ? file : `${file}: ${field}`;
}
