import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's folder, with a slash at its end. */
export const repository = fileURLToPath(new URL("../../", import.meta.url));

/** A Markdown page that people read. */
export interface Page {
  /** From the repository's top. */
  readonly path: string;
  readonly text: string;
}

/** The guides, the pages of examples and packages, and those that a visitor sees first. */
export const pages: readonly Page[] = globSync(
  [
    "README.md",
    "CHANGELOG.md",
    ".github/*.md",
    "packages/docs/**/*.md",
    "packages/*/README.md",
    "executor/README.md",
    "examples/**/README.md",
  ],
  { cwd: repository },
)
  .toSorted()
  .map((path) => ({ path, text: readFileSync(`${repository}${path}`, "utf8") }));

/** One page of the reference. */
export function readPage(name: string): string {
  return readFileSync(`${repository}packages/docs/${name}`, "utf8");
}

/** The page without its code, in which brackets mean no link and `#` no heading. */
export function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
}
