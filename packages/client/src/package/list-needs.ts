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
}

/** What the files of a package say about secrets. */
export interface PackageNeeds {
  readonly needs: readonly Need[];
  /** Names that a script of the package sets. */
  readonly setByScript: ReadonlySet<string>;
}

/** Every place of a package that names a secret, scripts first. */
export function listNeeds(checked: CheckedContent): PackageNeeds {
  const setByScript = new Set<string>();
  const ofScripts = checked.files.flatMap(({ path, bytes }) => {
    const running = checked.steps.filter(({ script }) => script === path);
    const isStep = running.length > 0;
    const lists = (isStep ? running : checked.steps).map(({ secrets }) => secrets);
    return findUses(path, new TextDecoder().decode(bytes)).flatMap(({ name, kind, line }): readonly Need[] => {
      if (kind === "get") return [{ kind: "script", file: path, line, field: null, names: [name], lists, isStep }];
      setByScript.add(name);
      return [];
    });
  });
  return { needs: [...ofScripts, ...ofReferences(checked), ...ofManifest(checked)], setByScript };
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
  }));
}

function ofManifest({ manifest }: CheckedContent): readonly Need[] {
  const need = (kind: "declared" | "mask", field: string) => (name: string) =>
    ({ kind, file: "manifest.json", line: null, field, names: [name], lists: [], isStep: false }) as const;
  return [
    ...(manifest?.secrets ?? []).map(need("declared", "secrets")),
    ...(manifest?.steps ?? []).flatMap(({ secrets }, index) =>
      (secrets ?? []).map(need("declared", `steps[${index}].secrets`)),
    ),
    ...(manifest?.mask ?? []).map(need("mask", "mask")),
  ];
}

/** `main.py:3`, or `config.json: db.url`. */
export function showNeed({ file, line, field }: NeedPlace): string {
  if (line !== null) return `${file}:${line}`;
  return field === null ? file : `${file}: ${field}`;
}
