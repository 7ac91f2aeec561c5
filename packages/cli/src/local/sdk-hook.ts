import { registerHooks, stripTypeScriptTypes } from "node:module";
import { inspect } from "node:util";
import { describeMissing, missingLibrary } from "./missing-library.ts";

/*
 * Loaded before a script of `sealrun local` (`node --import`): a package has no node_modules, so the SDK is resolved here,
 * and imports without a file ending are resolved as the platform's bundler resolves them. Stacks name the lines of sources. A library that is not installed
 * ends the script with a sentence that says how to install it, unless the script catches the error.
 */

const sdk = "@sealrun/sdk";
const endings = [".ts", ".mts", ".js", ".mjs", ".cjs", "/index.ts", "/index.js"];
/** The address of this module names the SDK where no package of that name is installed. */
const found = new URL(import.meta.url).searchParams.get("sdk") ?? import.meta.resolve(sdk);
const missing = new Set<unknown>();

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    if (specifier === sdk) return { url: found, shortCircuit: true };
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      for (const candidate of candidatesOf(specifier)) {
        try {
          return nextResolve(candidate, context);
        } catch {
          // Try the next ending; if all fail, the first error names what the script imported.
        }
      }
      explain(error, specifier, context.parentURL);
      throw error;
    }
  },
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const { source } = loaded;
    if (loaded.format !== "commonjs-typescript" || source == null) return loaded;
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    return { ...loaded, format: "commonjs", source: withoutTypes(text) };
  },
});

/**
 * Node does not map the lines of a CommonJS module whose types it transforms. Where types are only removed, lines stay as
 * they are; an enum or a namespace has to become code, which moves the lines after it.
 */
function withoutTypes(source: string): string {
  try {
    return stripTypeScriptTypes(source);
  } catch {
    return stripTypeScriptTypes(source, { mode: "transform" });
  }
}

function candidatesOf(specifier: string): readonly string[] {
  if (!/^\.{1,2}\//.test(specifier)) return [];
  const asTypeScript = specifier.endsWith(".js") ? [specifier.replace(/\.js$/, ".ts")] : [];
  return [...asTypeScript, ...endings.map((ending) => specifier + ending)];
}

/** Gives the error of a library that is not installed a sentence as its text. */
function explain(error: unknown, specifier: string, importer: string | undefined): void {
  const library = missingLibrary(error, specifier, importer);
  if (library === undefined || !(error instanceof Error)) return;
  error.message = describeMissing(library, process.cwd(), importer);
  if (missing.size === 0) process.on("uncaughtException", endWithSentence);
  missing.add(error);
}

/** Set only when a library was missing: with a listener, Node itself no longer reports any uncaught error. */
function endWithSentence(error: unknown): void {
  process.stderr.write(`${missing.has(error) && error instanceof Error ? error.message : inspect(error)}\n`);
  process.exit(1);
}
