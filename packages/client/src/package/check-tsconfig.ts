import type { FileToPush } from "../calls/packages.ts";
import type { PackageProblem } from "./problem.ts";

const option = "emitDecoratorMetadata";

/**
 * Warns of the option of a `tsconfig.json` that changes what a script does and that the executor's compiler leaves out:
 * decorators see no types of properties and parameters.
 */
export function warnOfTsconfig(files: readonly FileToPush[]): readonly PackageProblem[] {
  return files.flatMap(({ path, bytes }) => {
    if (!isTsconfig(path)) return [];
    const line = findTrueOption(new TextDecoder().decode(bytes));
    if (line === undefined) return [];
    const message =
      `${path}:${line}: ${option} does nothing in a run: decorators get no design:type, design:paramtypes or ` +
      "design:returntype; give the type to the decorator itself, such as @Column({ type: String }), or push compiled JavaScript";
    return [{ code: null, level: "warning", file: path, line, message }];
  });
}

function isTsconfig(path: string): boolean {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  return name.startsWith("tsconfig") && name.endsWith(".json") && !folders.includes("node_modules");
}

/** The line on which the option is set to true; the file may have comments and trailing commas, as TypeScript reads it. */
function findTrueOption(text: string): number | undefined {
  const tokens = readTokens(text);
  const at = tokens.findIndex(
    ({ token }, index) =>
      token === `"${option}"` && tokens[index + 1]?.token === ":" && tokens[index + 2]?.token === "true",
  );
  return tokens[at]?.line;
}

interface Token {
  readonly token: string;
  readonly line: number;
}

/** Texts, words and single characters of JSON with comments, in one pass: none is looked at twice. */
function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let from = 0; from < text.length;) {
    const to = endOfToken(text, from);
    const token = text.slice(from, to);
    if (!/^\s$/.test(token) && !token.startsWith("//") && !token.startsWith("/*")) tokens.push({ token, line });
    for (let at = from; at < to; at += 1) if (text.charAt(at) === "\n") line += 1;
    from = to;
  }
  return tokens;
}

function endOfToken(text: string, from: number): number {
  const two = text.slice(from, from + 2);
  if (two === "//") return endAt(text, "\n", from);
  if (two === "/*") return endAt(text, "*/", from + 2);
  if (two.startsWith('"')) return endOfText(text, from);
  let to = from;
  while (/\w/.test(text.charAt(to))) to += 1;
  return Math.max(to, from + 1);
}

function endAt(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at === -1 ? text.length : at + end.length;
}

function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '"') return at + 1;
    if (text.charAt(at) === "\n") return at;
    if (text.charAt(at) === "\\") at += 1;
  }
  return text.length;
}
