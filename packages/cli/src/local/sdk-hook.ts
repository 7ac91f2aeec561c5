import { registerHooks } from "node:module";

/*
 * Loaded before a script of `sealrun local` (`node --import`): a package has no node_modules of its own, so the SDK is
 * found here, and imports that leave out their ending are found as the platform's bundler finds them.
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
          // The next one may be there; when none is, the first error names what the script asked for.
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
