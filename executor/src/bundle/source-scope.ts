import { dirname, relative } from "node:path";

/*
 * A bundle is one module, and its source files share one `import.meta`, `require` and `module`. So the compiler writes a
 * placeholder for each use of them, and `scopeSources` replaces it by the names of the file that the use is in. All names
 * are as long as their placeholder, and what is longer is on lines without code of the package: source maps stay right.
 */

const scope = "__sealrunScope_000000";
const banner = "/* sealrun: scopes of the source files */";
/** esbuild's own `require`, and as many characters for each file. */
const builtRequire = "__require";

/** What the compiler needs for `scopeSources`. */
export const scopeOptions: readonly string[] = [
  `--banner:js=${banner}`,
  `--define:import.meta=${scope}.meta`,
  `--define:__dirname=${scope}.dirname`,
  `--define:__filename=${scope}.filename`,
  `--define:module=${scope}.module`,
  `--define:require.main=__sealrunMain`,
  `--define:require.resolve=${scope}.require.resolve`,
];

/** The script of a bundle, and the paths of all files that can be in it. */
export interface BundleSources {
  readonly script: string;
  readonly files: ReadonlySet<string>;
}

/** Gives each source file in a bundle its own `import.meta`, `__dirname`, `__filename`, `require` and `module`. */
export function scopeSources(bundle: string, { script, files }: BundleSources): string {
  // What is declared, and the path of its file.
  const used = new Map<string, string>();
  // The compiler writes a comment with the path before each file.
  const [built = "", ...pieces] = bundle.split(/^(?=\/\/ )/m);
  const hasRequire = built.includes(`var ${builtRequire} = `);
  let path = script;
  let index = 0;
  const scoped = pieces.map((piece) => {
    const named = piece.slice(3, piece.indexOf("\n"));
    if (files.has(named)) {
      path = named;
      index += 1;
    }
    const own = piece.replaceAll(scope, scopeName(index));
    if (own !== piece) used.set(scopeName(index), path);
    const whole = hasRequire ? own.replace(/\b__require\(/g, `${requireName(index)}(`) : own;
    if (whole !== own) used.set(`{ require: ${requireName(index)} }`, path);
    return whole;
  });
  const helpers = built.replace("(mod = { exports: {} })", "(mod = __sealrunModule(globalThis.Object.keys(cb)[0]))");
  return [helpers.replace(banner, () => declareScopes(script, used)), ...scoped].join("");
}

function scopeName(index: number): string {
  return `__sealrunScope_${index.toString().padStart(6, "0")}`;
}

function requireName(index: number): string {
  return `__rq_${index.toString(36).padStart(4, "0")}`;
}

function declareScopes(script: string, used: ReadonlyMap<string, string>): string {
  const names = ["require", "__sealrunMain", "__sealrunModule", ...used.keys()];
  const given = [script, relative(dirname(script), "."), [...used.values()]].map((value) => JSON.stringify(value));
  return `const [${names.join(", ")}] = (${makeScopes})(import.meta, ${given.join(", ")});`;
}

/**
 * The start of a bundle, on one line. `require.main === module` is true in the script of a process or worker only;
 * `argv[1]` names the script where it imports its bundle. A module of the bundle has no record of its importer, so that
 * every other module has the main one as its `parent`.
 */
const makeScopes = `(meta, script, up, paths) => {
  const [{ createRequire }, { dirname, join }, { pathToFileURL }] =
    ["module", "path", "url"].map((name) => globalThis.process.getBuiltinModule("node:" + name));
  const root = join(meta.dirname, up);
  const isMain = meta.main === true || globalThis.process.argv[1] === join(root, script);
  const scopes = new Map();
  const scopeOf = (path) => {
    if (!scopes.has(path)) scopes.set(path, makeScope(path));
    return scopes.get(path);
  };
  const makeScope = (path) => {
    const filename = join(root, path);
    const url = pathToFileURL(filename).href;
    const own = { dirname: dirname(filename), filename };
    const resolve = (name) => /^\\.{0,2}\\//.test(name) ? new URL(name, url).href : meta.resolve(name);
    const isScript = isMain && path === script;
    let require, module;
    return {
      ...own,
      meta: { __proto__: null, ...own, main: isScript, resolve, url },
      get require() {
        return (require ??= createRequire(url));
      },
      get module() {
        return (module ??= {
          id: isScript ? "." : filename, path: own.dirname, filename, exports: {}, loaded: false, children: [],
          paths: this.require.resolve.paths("sealrun"), parent: isScript ? null : main, require: this.require,
        });
      },
    };
  };
  const main = isMain ? scopeOf(script).module : undefined;
  return [createRequire(meta.url), main, (path) => scopeOf(path).module, ...paths.map(scopeOf)];
}`.replaceAll(/\n\s*/g, " ");
