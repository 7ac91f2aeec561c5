import { fileURLToPath } from "node:url";

const withoutInspector = "--disable-sigusr1";

/**
 * Node's arguments and the script of this program: built, or its sources as tests run it. SIGUSR1 does not open the
 * inspector, also while Node starts.
 */
export function ownProgram(): readonly string[] {
  const main = import.meta.url.endsWith(".ts") ? "../main.ts" : "../main.js";
  const options = process.execArgv.filter((option) => option !== withoutInspector);
  return [withoutInspector, ...options, fileURLToPath(new URL(main, import.meta.url))];
}
