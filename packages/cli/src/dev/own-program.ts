import { fileURLToPath } from "node:url";

/** Node's arguments and the script of this program: built, or its sources as tests run it. */
export function ownProgram(): readonly string[] {
  const main = import.meta.url.endsWith(".ts") ? "../main.ts" : "../main.js";
  return [...process.execArgv, fileURLToPath(new URL(main, import.meta.url))];
}
