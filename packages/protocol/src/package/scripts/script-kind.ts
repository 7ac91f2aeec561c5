/** The language of a script, by the ending of its name. */
export type ScriptKind = "typescript" | "javascript" | "python" | "shell";

const kinds: Readonly<Record<string, ScriptKind>> = {
  ".ts": "typescript",
  ".mts": "typescript",
  ".js": "javascript",
  ".mjs": "javascript",
  ".cjs": "javascript",
  ".py": "python",
  ".sh": "shell",
};

/** Endings of the scripts that run. */
export const scriptEndings: readonly string[] = Object.keys(kinds);

/** The script's language, or undefined for another file. Declarations (`.d.ts`) are not scripts. */
export function scriptKind(path: string): ScriptKind | undefined {
  return /\.d\.m?ts$/.test(path) ? undefined : kinds[endingOf(path)];
}

/** True for a file that can run as a step. */
export function isScript(path: string): boolean {
  return scriptKind(path) !== undefined;
}

/** The ending of a file's name with its dot, or an empty string. `.env` has no ending. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const point = name.lastIndexOf(".");
  return point > 0 ? name.slice(point) : "";
}
