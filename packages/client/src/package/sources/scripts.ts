import type { Manifest, Step } from "@sealrun/protocol";
import type { FileToPush } from "../../calls/packages.ts";
import type { PackageProblem } from "../problem.ts";

/** A package whose scripts are judged. */
export interface JudgedPackage {
  readonly files: readonly FileToPush[];
  readonly steps: readonly Step[];
  readonly manifest: Manifest | undefined;
}

/** Texts of a package's files, each decoded once. */
export function createTexts(files: readonly FileToPush[]): (path: string) => string | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const known = new Map<string, string>();
  return (path) => {
    const file = byPath.get(path);
    if (file === undefined) return undefined;
    const text = known.get(path) ?? new TextDecoder().decode(file.bytes);
    known.set(path, text);
    return text;
  };
}

/** A place in a script, and what would make every run fail there. */
export function refuse(
  file: string,
  place: { readonly line: number; readonly column?: number },
  sentence: string,
): PackageProblem {
  const column = place.column === undefined ? "" : `:${place.column}`;
  const message = `${file}:${place.line}${column}: ${sentence}`;
  return { code: "PACKAGE_INVALID", level: "error", severity: "refused", file, line: place.line, message };
}
