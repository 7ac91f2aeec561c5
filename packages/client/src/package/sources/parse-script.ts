import type { ParserOptions } from "@babel/parser";
import { isNode, readImports, type ScriptImport } from "./read-imports.ts";

/** A script in JavaScript or TypeScript: its imports, or why it does not parse. */
type ParsedScript =
  | { readonly kind: "parsed"; readonly imports: readonly ScriptImport[] }
  | (BrokenPlace & {
      readonly kind: "broken";
      /** Those of the lines above the mistake, if these parse. */
      readonly imports: readonly ScriptImport[];
    })
  /** The parser gave up, for example because the source is nested too deeply. */
  | { readonly kind: "unknown" };

interface BrokenPlace {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** Reads a script; its path says the language. */
export type ScriptParser = (path: string, text: string) => ParsedScript;

/** Rules of the language that depend on where code stands are left to the compiler: a false refusal would be worse. */
const lenient: ParserOptions = {
  sourceType: "unambiguous",
  errorRecovery: true,
  attachComment: false,
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowSuperOutsideMethod: true,
  allowNewTargetOutsideFunction: true,
  allowUndeclaredExports: true,
};

/** Of the errors that the parser can go on after: those that no compiler accepts (compared with esbuild over 15,000 files). */
const certainReasons = new Set([
  "DeclarationMissingInitializer",
  "MissingSemicolon",
  "UnexpectedKeyword",
  "UnexpectedToken",
]);

/** Loads the parser, which is large: a page that checks no package does not get it. */
export async function loadScriptParser(): Promise<ScriptParser> {
  const { parse } = await import("@babel/parser");
  const read = (path: string, text: string, dropsTypes: boolean): ParsedScript => {
    try {
      const tree: unknown = parse(text, { ...lenient, plugins: [...pluginsFor(path)] });
      if (!isNode(tree)) return { kind: "unknown" };
      const errors: readonly unknown[] = Array.isArray(tree["errors"]) ? tree["errors"] : [];
      const certain = errors.find((error) => isNode(error) && certainReasons.has(String(error["reasonCode"])));
      return certain === undefined ? { kind: "parsed", imports: readImports(tree, dropsTypes) } : describe(certain);
    } catch (error) {
      return describe(error);
    }
  };
  return (path, text) => {
    const parsed = read(path, text, isTyped(path));
    if (parsed.kind !== "broken") return parsed;
    const above = text.split("\n", parsed.line - 1).join("\n");
    // Whether a name is used only as a type cannot be known of half a file.
    const start = read(path, above, false);
    return { ...parsed, imports: start.kind === "parsed" ? start.imports : [] };
  };
}

function isTyped(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path);
}

function pluginsFor(path: string): NonNullable<ParserOptions["plugins"]> {
  const jsx = path.endsWith("x") ? ["jsx" as const] : [];
  return isTyped(path)
    ? ["typescript", "decorators-legacy", "decoratorAutoAccessors", ...jsx]
    : ["decorators", "decoratorAutoAccessors", ...jsx];
}

/** The parser's sentence ends with its place, which the problem says in its own way. */
function describe(error: unknown): ParsedScript {
  if (!(error instanceof SyntaxError) || !("loc" in error) || !isPlace(error.loc)) return { kind: "unknown" };
  const [firstLine = ""] = error.message.split("\n", 1);
  const reason = firstLine.replace(/ \(\d+:\d+\)$/, "").replace(/\.$/, "");
  return { kind: "broken", line: error.loc.line, column: error.loc.column + 1, reason, imports: [] };
}

function isPlace(value: unknown): value is { readonly line: number; readonly column: number } {
  return isNode(value) && typeof value["line"] === "number" && typeof value["column"] === "number";
}
