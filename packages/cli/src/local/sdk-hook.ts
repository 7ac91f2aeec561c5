import { registerHooks } from "node:module";

/*
 * Loaded before a script of `sealrun local` (`node --import`): a package has no node_modules, so the SDK is resolved here,
 * and imports without a file ending are resolved as the platform's bundler resolves them.
 */

const sdk = "@sealrun/sdk";
const endings = [".ts", ".mts", ".js", ".mjs", ".cjs", "/index.ts", "/index.js"];
const found = import.meta.resolve(sdk);

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
      throw error;
    }
  },
});

function candidatesOf(specifier: string): readonly string[] {
  if (!/^\.{1,2}\//.test(specifier)) return [];
  const asTypeScript = specifier.endsWith(".js") ? [specifier.replace(/\.js$/, ".ts")] : [];
  return [...asTypeScript, ...endings.map((ending) => specifier + ending)];
}
