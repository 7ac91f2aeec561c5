import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the repository. */
export interface Source {
  /** From the repository's top. */
  readonly path: string;
  readonly text: string;
  /** The text without its comments, line for line. */
  readonly code: string;
}

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Every TypeScript file that ships. */
export const shipped: readonly Source[] = readAll("{packages/*,executor}/src/**/*.{ts,tsx}");

/** Every file of JavaScript or TypeScript that runs at a user's: also what a script or a page starts with, and the web's build. */
export const programs: readonly Source[] = readAll("{packages/*,executor}/{src,bin,build,public}/**/*.{ts,tsx,js,mjs}");

/** Every test file. */
export const tests: readonly Source[] = readAll("test/**/*.test.ts");

/** Every TypeScript file below test/. */
export const testFiles: readonly Source[] = readAll("test/**/*.ts");

/** Where `pattern` is found in code, as `path:line text`. */
export function findIn(files: readonly Source[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, code }) =>
    code
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 100)}`] : [])),
  );
}

function readAll(pattern: string): readonly Source[] {
  return globSync(pattern, { cwd: repository })
    .toSorted()
    .map((path) => {
      const text = readFileSync(`${repository}/${path}`, "utf8");
      return { path, text, code: withoutComments(text) };
    });
}

/** Good enough for this code: a comment starts a line or follows a space, and no string holds one. */
function withoutComments(text: string): string {
  return text
    .replace(/(^|\s)\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|\s)\/\/.*$/gm, "");
}
